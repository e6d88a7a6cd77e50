package dev.faultline.telemetry;

import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;

import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.ServerRequestObservationContext;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How requests are measured. Each endpoint has one histogram of its latency, and a count of its
 * responses by status. A histogram for each status would make a scrape several times as large.
 */
@Configuration
class RequestMeters {

    private static final String LATENCY = "http.server.requests";
    private static final String ANSWERS = "http.server.responses";
    private static final String METHOD = "method";
    private static final String URI = "uri";
    private static final String STATUS = "status";

    /** The methods of endpoints; HEAD counts as GET. */
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE");

    private static final String OTHER = "other";

    /** What is counted together. */
    private record Answers(List<Tag> endpoint, String status) {}

    /** Keeps only those of Spring's latency labels that name the endpoint. */
    @Bean
    MeterFilter latencyByEndpoint() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals(LATENCY)
                        ? new Meter.Id(
                                LATENCY,
                                Tags.of(endpoint(id.getTag(METHOD), id.getTag(URI))),
                                id.getBaseUnit(),
                                "How long requests take.",
                                id.getType())
                        : id;
            }
        };
    }

    /** The labels of an endpoint. All other methods are counted together. */
    private static List<Tag> endpoint(@Nullable String method, @Nullable String uri) {
        String served = "HEAD".equals(method) ? "GET" : String.valueOf(method);
        return METHODS.contains(served)
                ? List.of(Tag.of(METHOD, served), Tag.of(URI, String.valueOf(uri)))
                : List.of(Tag.of(METHOD, OTHER), Tag.of(URI, OTHER));
    }

    @Bean
    ObservationHandler<ServerRequestObservationContext> answersByStatus(MeterRegistry registry) {
        Map<Answers, Counter> counters =
                new ConcurrentHashMap<>(); // a look-up by labels takes long
        return new ObservationHandler<>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof ServerRequestObservationContext;
            }

            @Override
            public void onStop(ServerRequestObservationContext context) {
                Answers answers =
                        new Answers(
                                endpoint(value(context, METHOD), value(context, URI)),
                                value(context, STATUS));
                counters.computeIfAbsent(answers, this::counter).increment();
            }

            private Counter counter(Answers answers) {
                return Counter.builder(ANSWERS)
                        .description("Requests answered, by status.")
                        .tags(answers.endpoint)
                        .tag(STATUS, answers.status)
                        .register(registry);
            }
        };
    }

    private static String value(ServerRequestObservationContext context, String key) {
        KeyValue value = context.getLowCardinalityKeyValue(key);
        return value == null ? KeyValue.NONE_VALUE : value.getValue();
    }
}
