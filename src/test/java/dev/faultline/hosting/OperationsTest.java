package dev.faultline.hosting;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.owners.Owner;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Who waits for whom? */
class OperationsTest {

    private static final double LONG = 1e6;
    private static final double QUICK = 10;

    @Configuration
    @EnableConfigurationProperties({
        HistorySettings.class,
        HostingSettings.class,
        OperationSettings.class
    })
    @Import({MachineHost.class, Operations.class, Hosts.Surroundings.class})
    static class Setup {}

    /** All threads of what is behind an answer and of what is waited for are busy. */
    @Test
    @Timeout(60)
    void whatIsQuickWaitsForNothing() {
        new ApplicationContextRunner()
                .withUserConfiguration(Setup.class)
                .withPropertyValues("faultline.operations.workers=2")
                .run(
                        context -> {
                            Operations operations = context.getBean(Operations.class);
                            CountDownLatch end = new CountDownLatch(1);
                            CountDownLatch begun = new CountDownLatch(4);
                            Job.Work work =
                                    execution ->
                                            execution.compute(
                                                    () -> {
                                                        begun.countDown();
                                                        end.await();
                                                        return "done";
                                                    });
                            List<Thread> waiting = new ArrayList<>();
                            for (int i = 0; i < 3; i++) {
                                operations.start(Owner.LOCAL, new Job("long", 1, LONG, 0, work));
                                waiting.add(
                                        Thread.startVirtualThread(
                                                () ->
                                                        operations.finish(
                                                                Owner.LOCAL,
                                                                new Job(
                                                                        "long", 1, LONG, 0,
                                                                        work))));
                            }
                            begun.await();
                            Operation quick =
                                    operations.finish(
                                            Owner.LOCAL,
                                            new Job(
                                                    "quick",
                                                    1,
                                                    QUICK,
                                                    0,
                                                    each -> each.compute(() -> "at once")));
                            assertThat(quick.result()).isEqualTo("at once");
                            end.countDown();
                            for (Thread each : waiting) {
                                each.join();
                            }
                        });
    }

    /** What the server's own code says of its arguments means nothing to a client. */
    @Test
    void aMistakeOfTheServersIsNotTold() {
        new ApplicationContextRunner()
                .withUserConfiguration(Setup.class)
                .run(
                        context -> {
                            Operation broken =
                                    context.getBean(Operations.class)
                                            .finish(
                                                    Owner.LOCAL,
                                                    new Job(
                                                            "broken",
                                                            1,
                                                            QUICK,
                                                            0,
                                                            each -> {
                                                                throw new IllegalArgumentException(
                                                                        "no process 7");
                                                            }));
                            assertThat(broken.state()).isEqualTo(Operation.State.FAILED);
                            assertThat(broken.failure()).contains("a mistake of the server's");
                        });
    }
}
