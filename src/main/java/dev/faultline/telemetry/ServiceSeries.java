package dev.faultline.telemetry;

import dev.faultline.hosting.MachineHost;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.registry.PrometheusRegistry;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Adds the metrics of all machines together to the scrape of the service. */
@Component
class ServiceSeries {

    ServiceSeries(MachineHost host, ObjectProvider<PrometheusRegistry> registry) {
        MultiCollector machines = () -> MachineSeries.ofAll(host.totals());
        registry.ifAvailable(scraped -> scraped.register(machines));
    }
}
