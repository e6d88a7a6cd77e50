package dev.faultline.telemetry;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.HostedMachine.Snapshot;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.MachineHost.Totals;

import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;
import java.util.Map;

/** A scrape target for each machine, and the list of them for Prometheus's HTTP discovery. */
@RestController
@Tag(name = "Metrics")
class TargetController {

    private static final String EXPOSITION = "text/plain;version=0.0.4;charset=utf-8";

    /** A target as Prometheus's HTTP service discovery wants it. */
    record Target(List<String> targets, Map<String, String> labels) {}

    private final MachineHost host;

    TargetController(MachineHost host) {
        this.host = host;
    }

    @GetMapping(path = "/v1/targets", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "listTargets",
            summary = "List the machines as Prometheus HTTP service discovery")
    List<Target> targets(HttpServletRequest request) {
        String address = request.getServerName() + ":" + request.getServerPort();
        return host.list("", Integer.MAX_VALUE).stream()
                .map(hosted -> target(address, hosted))
                .toList();
    }

    private static Target target(String address, HostedMachine hosted) {
        return new Target(
                List.of(address),
                Map.of(
                        "__metrics_path__",
                        "/v1/machines/" + hosted.id() + "/metrics",
                        "machine",
                        hosted.id()));
    }

    @GetMapping(path = "/v1/machines/{machine}/metrics", produces = EXPOSITION)
    @Operation(operationId = "getMetrics", summary = "Show a machine's metrics for Prometheus")
    ResponseEntity<String> metrics(@PathVariable String machine) {
        HostedMachine hosted = host.find(machine);
        Snapshot snapshot = hosted.snapshot();
        Totals totals =
                new Totals(
                        Map.of(hosted.spec().policy(), snapshot.counters()),
                        1,
                        snapshot.processes(),
                        snapshot.freeFrames(),
                        snapshot.usedFrames());
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try {
            new MachineMeters(() -> totals).bindTo(registry);
            return ResponseEntity.ok()
                    .contentType(MediaType.parseMediaType(EXPOSITION))
                    .body(registry.scrape());
        } finally {
            registry.close();
        }
    }
}
