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

import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.observation.ServerRequestObservationContext;

import java.util.List;
import java.util.Set;

/**
 * How requests are measured. Each endpoint has one histogram of its latency, and beside it a count
 * of its answers for each status: a histogram for each status too would make a scrape several times
 * as large.
 */
@Configuration
class RequestMeters {

    private static final String LATENCY = "http.server.requests";
    private static final String ANSWERS = "http.server.responses";
    private static final Set<String> ENDPOINT = Set.of("method", "uri");

    /** Keeps of the labels that Spring gives a latency those that name the endpoint. */
    @Bean
    MeterFilter latencyByEndpoint() {
        return new MeterFilter() {
            @Override
            public Meter.Id map(Meter.Id id) {
                return id.getName().equals(LATENCY)
                        ? new Meter.Id(
                                LATENCY,
                                Tags.of(id.getTags().stream().filter(this::isOfEndpoint).toList()),
                                id.getBaseUnit(),
                                "How long requests take.",
                                id.getType())
                        : id;
            }

            private boolean isOfEndpoint(Tag tag) {
                return ENDPOINT.contains(tag.getKey());
            }
        };
    }

    @Bean
    ObservationHandler<ServerRequestObservationContext> answersByStatus(MeterRegistry registry) {
        return new ObservationHandler<>() {
            @Override
            public boolean supportsContext(Observation.Context context) {
                return context instanceof ServerRequestObservationContext;
            }

            @Override
            public void onStop(ServerRequestObservationContext context) {
                Counter.builder(ANSWERS)
                        .description("Requests answered, by status.")
                        .tags(tags(context))
                        .register(registry)
                        .increment();
            }
        };
    }

    private static List<Tag> tags(ServerRequestObservationContext context) {
        return List.of(tag(context, "method"), tag(context, "uri"), tag(context, "status"));
    }

    private static Tag tag(ServerRequestObservationContext context, String key) {
        KeyValue value = context.getLowCardinalityKeyValue(key);
        return Tag.of(key, value == null ? KeyValue.NONE_VALUE : value.getValue());
    }
}
