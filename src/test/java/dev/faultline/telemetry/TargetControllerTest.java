package dev.faultline.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.hosting.HistorySettings;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.Hosts;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.NewMachine;
import dev.faultline.machine.Specs;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Where does the list of targets send Prometheus? */
@Tag("slow")
class TargetControllerTest {

    @Configuration
    @EnableConfigurationProperties({
        HistorySettings.class,
        HostingSettings.class,
        MetricsSettings.class
    })
    @Import({MachineHost.class, TargetController.class, Hosts.Surroundings.class})
    static class Setup {}

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner()
                    .withUserConfiguration(Setup.class)
                    .withPropertyValues("local.server.port=4711");

    private void assertAddress(ApplicationContextRunner settings, String address) {
        settings.run(
                context -> {
                    context.getBean(MachineHost.class)
                            .create(Owner.LOCAL, NewMachine.of("m1", Specs.of("lru", 2)));
                    assertThat(context.getBean(TargetController.class).targets(Caller.LOCAL, null))
                            .singleElement()
                            .satisfies(
                                    target -> {
                                        assertThat(target.targets()).containsExactly(address);
                                        assertThat(target.labels())
                                                .containsEntry("machine", "m1")
                                                .containsEntry(
                                                        "__metrics_path__",
                                                        "/v1/machines/m1/metrics");
                                    });
                });
    }

    @Test
    void toThePortThatTheServerListensOnIfNothingIsConfigured() {
        assertAddress(runner, "localhost:4711");
    }

    @ParameterizedTest
    @ValueSource(strings = {"faultline:8080", "paging.example.org", "10.0.0.7:9", "[::1]:8080"})
    void toTheConfiguredAddress(String address) {
        assertAddress(runner.withPropertyValues("faultline.metrics.address=" + address), address);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://faultline:8080", "faultline:", "a b", "faultline:8080/metrics"})
    void whatIsNoAddressStopsTheStart(String address) {
        runner.withPropertyValues("faultline.metrics.address=" + address)
                .run(context -> assertThat(context).hasFailed());
    }
}
