package dev.faultline.telemetry;

import dev.faultline.hosting.MachineHost;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;

import org.springframework.stereotype.Component;

/** The meters of the service: those of all its machines together, and how many there are. */
@Component
class ServiceMeters implements MeterBinder {

    private final MachineHost host;

    ServiceMeters(MachineHost host) {
        this.host = host;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        new MachineMeters(host::totals).bindTo(registry);
        Gauge.builder("faultline.machines", host, h -> h.totals().machines())
                .description("Machines hosted.")
                .register(registry);
    }
}
