package dev.faultline.http;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** A test of the running server. All of them share one server, and leave it without machines. */
@SpringBootTest(
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "faultline.hosting.machines=" + HttpTest.MOST_MACHINES,
            "faultline.hosting.busy-wait=1s",
            "faultline.traces.directory=target/traces-of-tests-${random.uuid}",
            "faultline.traces.total-bytes=4000000",
            "faultline.api.event-streams=" + HttpTest.MOST_STREAMS
        })
abstract class HttpTest {

    static final int MOST_MACHINES = 40;
    static final int MOST_STREAMS = 3;

    @LocalServerPort int port;

    Client client;

    @BeforeEach
    void connect() {
        client = Client.of(port);
    }

    /** The path of a machine made from a preset. */
    String open(String preset) {
        return client.machine("{'preset': '" + preset + "'}");
    }

    /** How the fault of a batch's first access was resolved. */
    static String resolution(Answer answer) {
        return answer.text("/results/0/fault/resolution");
    }

    /** The code of the signal that a batch's first access got. */
    static String code(Answer answer) {
        return answer.text("/results/0/signal/code");
    }

    @AfterEach
    void deleteMachines() {
        client.deleteMachines(id -> true);
    }
}
