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

    @AfterEach
    void deleteMachines() {
        client.deleteMachines(id -> true);
    }
}
