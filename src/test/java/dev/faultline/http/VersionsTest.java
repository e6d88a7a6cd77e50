package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;

/** Versions, the entity tags that name them, the headers that ask for them, and request ids. */
class VersionsTest extends HttpTest {

    private static final String ACCESS = Client.batch("read 0x1000");
    private static final String TRACE = " L 1000,1\n";

    @Test
    void aVersionGrowsByOneWithEachChange() {
        Answer made = client.post("/v1/machines", "{}").expect(201);
        String machine = "/v1/machines/" + made.text("/id");
        assertThat(made.version()).isEqualTo(1);
        assertThat(client.post(machine + "/processes").expect(201).version()).isEqualTo(2);
        Answer batch = client.access(machine, "read 0x0", "read 0x1000", "read 0x2000");
        assertThat(batch.version()).isEqualTo(batch.number("/version")).isEqualTo(3);
        Answer trace =
                client.postText(machine + "/processes/1/trace", Client.LACKEY, TRACE.repeat(9))
                        .expect(200);
        assertThat(trace.version()).isEqualTo(trace.number("/version")).isEqualTo(4);
        assertThat(client.post(machine + "/processes/1/fork").expect(201).version()).isEqualTo(5);
        assertThat(client.post(machine + "/processes/2/exit").expect(200).version()).isEqualTo(6);
        assertThat(client.post(machine + "/reset").expect(200).version()).isEqualTo(7);
        assertThat(client.get(machine).version()).isEqualTo(7);
    }

    @Test
    void whatIsRefusedOrOnlyLooksDoesNotGrowIt() {
        String machine = client.machineWithProcess("{'limits': {'processes': 1}}");
        String digest = client.digest(machine);
        client.post(machine + "/processes", "{'nonsense': 1}").expect(400);
        client.post(machine + "/processes/9/fork").expect(404);
        client.post(machine + "/processes/1/fork").expect(200).at("/refused");
        client.post(machine + "/processes/1/accesses", "{'accesses': []}").expect(200);
        client.postText(machine + "/processes/1/trace", Client.LACKEY, "").expect(200);
        client.postText(machine + "/processes/1/trace", Client.LACKEY, "no").expect(400);
        client.post(machine + "/processes/1/exit", "{}", "If-Match", "\"v1\"").expect(412);
        for (String part : List.of("/processes/1/pages", "/frames", "/tlb", "/swap", "/events")) {
            client.get(machine + part).expect(200);
        }
        client.post(machine + "/clone").expect(201);
        assertThat(client.version(machine)).isEqualTo(2);
        assertThat(client.digest(machine)).isEqualTo(digest);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/processes",
                "/processes/1/fork",
                "/processes/1/exit",
                "/processes/1/accesses",
                "/processes/1/trace",
                "/trace",
                "/reset",
                "/clone",
                ""
            })
    void aStaleIfMatchIsRefusedAndAFreshOneIsNot(String action) {
        String machine = client.machineWithProcess("{}");
        String digest = client.digest(machine);
        for (String stale :
                List.of("\"v1\"", "\"v3\"", "\"v1\", \"v3\"", "v2", "\"2\"", "W/\"x\"")) {
            change(machine, action, stale).expectProblem(412, "VERSION_MISMATCH");
        }
        assertThat(client.version(machine)).isEqualTo(2);
        assertThat(client.digest(machine)).isEqualTo(digest);
        assertThat(change(machine, action, "\"v1\", \"v2\"").status()).isBetween(200, 204);
    }

    @Test
    void aStarMatchesAnyVersion() {
        String machine = client.machineWithProcess("{}");
        change(machine, "/processes/1/accesses", "*").expect(200);
        change(machine, "/processes/1/trace", "*").expect(200);
        change(machine, "", "*").expect(204);
    }

    private Answer change(String machine, String action, String ifMatch) {
        return switch (action) {
            case "" -> client.delete(machine, "If-Match", ifMatch);
            case "/processes/1/accesses" ->
                    client.post(machine + action, ACCESS, "If-Match", ifMatch);
            case "/processes/1/trace" ->
                    client.postText(machine + action, Client.LACKEY, TRACE, "If-Match", ifMatch);
            case "/trace" ->
                    client.postText(
                            machine + action,
                            Client.NDJSON,
                            "{\"op\":\"read\",\"address\":0,\"pid\":1}\n",
                            "If-Match",
                            ifMatch);
            default -> client.post(machine + action, "{}", "If-Match", ifMatch);
        };
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/counters",
                "/processes",
                "/processes/1",
                "/processes/1/areas",
                "/processes/1/pages",
                "/frames",
                "/tlb",
                "/swap",
                "/events",
                "/memory?pid=1&address=0&length=4"
            })
    void whatHasNotChangedIsNotSentAgain(String part) {
        String machine = client.machineWithProcess("{}");
        Answer first = client.get(machine + part).expect(200);
        assertThat(first.version()).isEqualTo(2);
        for (String match : List.of("\"v2\"", "\"v1\", \"v2\"", "W/\"v2\"")) {
            Answer again = client.get(machine + part, "If-None-Match", match).expect(304);
            assertThat(again.body()).isEmpty();
            assertThat(again.version()).isEqualTo(2);
        }
        client.get(machine + part, "If-None-Match", "\"v1\"").expect(200);
        client.access(machine, "read 0x0");
        client.get(machine + part, "If-None-Match", "\"v2\"").expect(200);
    }

    @Test
    void aClientsRequestIdComesBack() {
        assertThat(client.get("/v1/machines", "Request-Id", "my-request_1.a").header("Request-Id"))
                .isEqualTo("my-request_1.a");
        assertThat(client.get("/v1/nothing", "Request-Id", "r2").expect(404).header("Request-Id"))
                .isEqualTo("r2");
        assertThat(client.get("/v1/machines", "Request-Id", "a b").header("Request-Id"))
                .doesNotContain(" ");
    }

    @Test
    void requestIdsDiffer() {
        assertThat(client.get("/v1/machines").header("Request-Id"))
                .isNotEqualTo(client.get("/v1/machines").header("Request-Id"));
    }

    @Test
    void aMethodThatIsNotThereIsAnsweredWithThoseThatAre() {
        String machine = client.machineWithProcess("{}");
        assertThat(allow("PUT", "/v1/machines")).contains("GET", "POST");
        assertThat(allow("PATCH", machine)).contains("GET", "DELETE");
        assertThat(allow("POST", machine)).contains("GET", "DELETE");
        assertThat(allow("DELETE", machine + "/processes/1")).contains("GET");
        assertThat(allow("GET", machine + "/reset")).contains("POST");
    }

    private String allow(String method, String path) {
        Answer answer = client.send(method, path, Client.JSON, BodyPublishers.ofString("{}"));
        return String.valueOf(answer.expectProblem(405, "METHOD_NOT_ALLOWED").header("Allow"));
    }
}
