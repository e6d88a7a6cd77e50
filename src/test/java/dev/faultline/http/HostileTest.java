package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Tag;

import tools.jackson.databind.JsonNode;

import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/**
 * Whatever is sent, the server answers what is wrong with it in a problem document, and a request
 * that it refuses leaves the machine as it was. {@code -Dhostile.requests=} asks for more of them.
 */
@Tag("slow")
class HostileTest extends HttpTest {

    private static final int REQUESTS = Integer.getInteger("hostile.requests", 1000);

    /** What must not change when a request is refused. */
    private record State(long version, String digest, long accesses) {}

    @Seeds(1)
    void nothingThatIsSentDoesHarm(long seed) throws IOException {
        HostileRequests requests = new HostileRequests(seed);
        Map<Integer, Integer> statuses = new TreeMap<>();
        makeVictim();
        State before = state();
        for (int i = 0; i < REQUESTS; i++) {
            Hostile request = requests.next();
            try {
                Answer answer = Wire.exchange(port, request.bytes());
                int status = answer == null ? 0 : answer.status();
                statuses.merge(status, 1, Integer::sum);
                if (answer != null) {
                    check(request, answer);
                }
                State after = state();
                if (status >= 400) {
                    checkRefused(request, Objects.requireNonNull(answer), before, after);
                }
                before = after;
            } catch (AssertionError | RuntimeException | IOException e) {
                throw new AssertionError("request " + i + ", " + request, e);
            }
            if (i % 20 == 0) {
                client.deleteMachines(id -> !id.equals("victim"));
                before = mended(before);
            }
        }
        assertThat(statuses.keySet()).contains(200, 201, 400, 404, 405, 406, 415);
        assertThat(client.access(client.machineWithProcess("{}"), "read 0x0").status())
                .isEqualTo(200);
    }

    @Seeds(1)
    void whoHangsUpInTheMiddleOfAnythingDoesNoHarm(long seed) throws IOException {
        HostileRequests requests = new HostileRequests(seed);
        Random random = new Random(seed);
        makeVictim();
        for (int i = 0; i < REQUESTS / 10; i++) {
            byte[] request = requests.next().bytes();
            Wire.hangUp(port, Arrays.copyOf(request, random.nextInt(request.length)));
        }
        client.deleteMachines(id -> true);
        client.access(client.machineWithProcess("{}"), "read 0x0");
    }

    private void makeVictim() {
        client.post("/v1/machines", "{'id': 'victim', 'preset': 'lecture-16'}").expect(201);
    }

    private State state() {
        Answer machine = client.get(Hostile.VICTIM).expect(200);
        return new State(
                machine.number("/version"),
                machine.text("/digest"),
                machine.number("/counters/accesses"));
    }

    private void check(Hostile request, Answer answer) {
        if (answer.status() >= 500) {
            assertThat(answer.status()).as("%s", answer).isEqualTo(request.serverErrorAllowed());
        }
        EveryAnswer.check(answer);
        String[] words = answer.request().split(" ", 2);
        JsonNode operation =
                words.length == 2 ? client.document().operation(words[0], words[1]) : null;
        if (operation != null && answer.status() < 500) {
            assertThat(operation.path("responses").propertyNames())
                    .as("statuses documented, for %s", answer)
                    .contains(Integer.toString(answer.status()));
        }
    }

    private static void checkRefused(Hostile request, Answer answer, State before, State after) {
        if (request.isTrace()
                && answer.mediaType().endsWith("json")
                && answer.json().has("accesses")) {
            long applied = answer.number("/accesses");
            assertThat(after.accesses - before.accesses).as("%s", answer).isEqualTo(applied);
            assertThat(answer.number("/version")).as("%s", answer).isEqualTo(after.version);
        } else {
            assertThat(after).as("%s", answer).isEqualTo(before);
        }
    }

    /** The state of the victim, made anew if its process has ended. */
    private State mended(State state) {
        String process = client.get(Hostile.VICTIM + "/processes/1").text("/state");
        if (!process.equals("terminated")) {
            return state;
        }
        client.delete(Hostile.VICTIM).expect(204);
        makeVictim();
        return state();
    }
}
