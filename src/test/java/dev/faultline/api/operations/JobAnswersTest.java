package dev.faultline.api.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.faultline.analysis.TraceTooLargeException;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ApiSettings;
import dev.faultline.api.web.Reason;
import dev.faultline.hosting.HistorySettings;
import dev.faultline.hosting.HostingSettings;
import dev.faultline.hosting.Hosts;
import dev.faultline.hosting.Job;
import dev.faultline.hosting.MachineHost;
import dev.faultline.hosting.OperationSettings;
import dev.faultline.hosting.Operations;
import dev.faultline.owners.Owner;

import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.http.HttpStatus;

import java.util.function.Consumer;

/** What is answered to a request whose work breaks off? */
class JobAnswersTest {

    @Configuration
    @EnableConfigurationProperties({
        HistorySettings.class,
        HostingSettings.class,
        OperationSettings.class,
        ApiSettings.class
    })
    @Import({MachineHost.class, Operations.class, JobAnswers.class, Hosts.Surroundings.class})
    static class Setup {}

    private static void with(Consumer<JobAnswers> test) {
        new ApplicationContextRunner()
                .withUserConfiguration(Setup.class)
                .run(context -> test.accept(context.getBean(JobAnswers.class)));
    }

    private static Job raising(RuntimeException raised) {
        return new Job(
                "test",
                1,
                1,
                0,
                execution -> {
                    throw raised;
                });
    }

    @Test
    void aLimitThatIsMetOnTheWayIsAConflictThatSaysWhich() {
        with(
                answers ->
                        assertThatThrownBy(
                                        () ->
                                                answers.answer(
                                                        Owner.LOCAL,
                                                        null,
                                                        raising(
                                                                new TraceTooLargeException(
                                                                        "at most 2 are held"))))
                                .isInstanceOfSatisfying(
                                        ApiException.class,
                                        problem -> {
                                            assertThat(problem.status())
                                                    .isEqualTo(HttpStatus.CONFLICT);
                                            assertThat(problem.reason())
                                                    .isEqualTo(Reason.OPERATION_FAILED);
                                            assertThat(problem).hasMessage("at most 2 are held");
                                        }));
    }

    /** An argument that some code of the server's refuses is no limit: it leads to a 500. */
    @Test
    void aMistakeOfTheServersIsNoLimit() {
        RuntimeException mistake = new IllegalArgumentException("no process 7");
        with(
                answers ->
                        assertThatThrownBy(
                                        () -> answers.answer(Owner.LOCAL, null, raising(mistake)))
                                .isSameAs(mistake));
    }
}
