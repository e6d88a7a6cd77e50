package dev.faultline.telemetry;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.MachineHost;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;

import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The scrape target of each machine, and the list of targets for Prometheus's HTTP service
 * discovery.
 */
@RestController
@Tag(name = "Metrics")
class TargetController {

    /** A target in the format of Prometheus's HTTP service discovery. */
    record Target(List<String> targets, Map<String, String> labels) {}

    /** Labels that a scrape has of its own. */
    private static final List<String> OF_PROMETHEUS = List.of("job", "instance");

    private final MachineHost host;
    private final MetricsSettings settings;
    private final Environment environment;

    TargetController(MachineHost host, MetricsSettings settings, Environment environment) {
        this.host = host;
        this.settings = settings;
        this.environment = environment;
    }

    @GetMapping(path = "/v1/targets", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listTargets",
            summary = "List the machines as Prometheus HTTP service discovery",
            description =
                    "The address is the one that the server is configured with, whatever the"
                            + " request's Host says.")
    List<Target> targets(
            Caller caller,
            @RequestParam(required = false)
                    @Pattern(regexp = Caller.NAMES, message = "must match " + Caller.NAMES)
                    @Nullable String owner) {
        String address = address();
        return caller.narrowedTo(owner).stream()
                .flatMap(among -> host.list(among, null))
                .map(hosted -> target(address, caller, hosted))
                .toList();
    }

    /** Where Prometheus reaches this service. The port is known only once the server listens. */
    private String address() {
        return settings.address().isEmpty()
                ? "localhost:" + environment.getRequiredProperty("local.server.port")
                : settings.address();
    }

    private static Target target(String address, Caller caller, HostedMachine hosted) {
        String name = caller.nameOf(hosted.owner(), hosted.id());
        Owner owner = hosted.owner();
        Map<String, String> labels = new TreeMap<>(); // in the same order every time
        hosted.keeping().labels().forEach((label, value) -> labels.put(prometheus(label), value));
        labels.keySet().removeIf(TargetController::isOfPrometheus);
        labels.put("__metrics_path__", "/v1/machines/" + name + "/metrics");
        labels.put("machine", name);
        labels.put("owner", owner.student() == null ? "" : owner.student());
        labels.put("tenant", owner.tenant());
        return new Target(List.of(address), labels);
    }

    /** Whether a label would say how the machine is scraped. */
    private static boolean isOfPrometheus(String label) {
        return label.startsWith("__") || OF_PROMETHEUS.contains(label);
    }

    /** A label's name as Prometheus takes it. */
    private static String prometheus(String label) {
        return label.replace('.', '_').replace('-', '_');
    }

    @GetMapping(
            path = "/v1/machines/{machine}/metrics",
            produces = {ExpositionWriter.TEXT, ExpositionWriter.OPEN_METRICS})
    @Operation(
            operationId = "getMetrics",
            summary = "Show a machine's metrics for Prometheus",
            description = "Counters begin anew with a reset, as those of any target that restarts.")
    @ApiResponse(
            responseCode = "200",
            description = "The series in the format that Accept prefers.",
            content = {
                @Content(mediaType = ExpositionWriter.TEXT, schema = @Schema(type = "string")),
                @Content(
                        mediaType = ExpositionWriter.OPEN_METRICS,
                        schema = @Schema(type = "string"))
            })
    MetricSnapshots metrics(Caller caller, @PathVariable String machine) {
        return MachineSeries.of(host.find(caller, machine));
    }
}
