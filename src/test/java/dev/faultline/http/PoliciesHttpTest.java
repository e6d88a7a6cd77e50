package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.stream.IntStream;

/** Policies as a client asks for them and looks at them. */
class PoliciesHttpTest extends HttpTest {

    private String machine(String replacement, int frames) {
        Answer made =
                client.post(
                                "/v1/machines",
                                "{'frames': %d, 'replacement': {%s}}"
                                        .formatted(frames, replacement))
                        .expect(201);
        String path = "/v1/machines/" + made.text("/id");
        client.post(path + "/processes", "{}").expect(201);
        return path;
    }

    private void touch(String machine, int pid, int... pages) {
        for (int page : pages) {
            client.post(
                            machine + "/processes/" + pid + "/accesses",
                            "{'accesses': [{'op': 'read', 'address': %d}]}".formatted(page * 4096))
                    .expect(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pff",
                "2q",
                "arc",
                "car",
                "lirs",
                "clock-pro",
                "s3-fifo",
                "lru-k",
                "two-list",
                "mglru"
            })
    void aPolicyExplainsItselfAndShowsItsState(String policy) {
        String machine = machine("'policy': '" + policy + "'", 4);
        touch(machine, 1, 0, 1, 2, 3, 0, 1);
        Answer fault =
                client.post(
                                machine + "/processes/1/accesses",
                                "{'accesses': [{'op': 'write', 'address': '0x9000'}]}")
                        .expect(200);
        assertThat(fault.text("/results/0/fault/choice/rule")).isNotEmpty();
        assertThat(fault.json().at("/results/0/fault/evicted/mappings/0/page").isNumber()).isTrue();
        Answer state = client.get(machine + "/replacement").expect(200);
        assertThat(state.text("/policy")).isEqualTo(policy);
        assertThat(state.json().at("/frames")).hasSize(4);
    }

    /** The event of an eviction says what its result says, and has it still a while later. */
    @Test
    void anEventExplainsAnEvictionToo() {
        String machine = machine("'policy': 'clock'", 2);
        touch(machine, 1, 0, 1);
        Answer fault =
                client.post(
                                machine + "/processes/1/accesses",
                                "{'accesses': [{'op': 'read', 'address': '0x5000'}]}")
                        .expect(200);
        touch(machine, 1, 5);
        for (JsonNode event : client.get(machine + "/events").expect(200).at("/events")) {
            boolean eviction = event.at("/type").asString().equals("eviction");
            assertThat(event.at("/choice").isNull()).isEqualTo(!eviction);
            if (eviction) {
                assertThat(event.at("/choice")).isEqualTo(fault.at("/results/0/fault/choice"));
            }
        }
    }

    /** What 2Q has sent away is shown by its process and its page, and comes back proved. */
    @Test
    void whatHasLeftIsShown() {
        String machine = machine("'policy': '2q'", 4);
        touch(machine, 1, 0, 1, 2, 3, 4);
        Answer state = client.get(machine + "/replacement").expect(200);
        assertThat(state.text("/queues/2/name")).isEqualTo("out");
        assertThat(state.number("/queues/2/entries/0/pid")).isEqualTo(1);
        assertThat(state.number("/queues/2/entries/0/page")).isZero();
        assertThat(state.number("/queues/0/target")).isEqualTo(1);
        touch(machine, 1, 0);
        Answer proved = client.get(machine + "/replacement").expect(200);
        assertThat(proved.number("/queues/1/size")).isEqualTo(1);
    }

    @Test
    void aDialectIsShownWithItsValuesAndAValueOverridesIt() {
        Answer made =
                client.post(
                                "/v1/machines",
                                "{'replacement': {'policy': 'lru-k', 'dialect': 'linux', 'k': 3,"
                                        + " 'refaults': false, 'ties': 'oldest'}}")
                        .expect(201);
        assertThat(made.text("/replacement/dialect")).isEqualTo("linux");
        assertThat(made.number("/replacement/k")).isEqualTo(3);
        assertThat(made.json().at("/replacement/refaults").asBoolean()).isFalse();
        assertThat(made.text("/replacement/ties")).isEqualTo("oldest");
        assertThat(made.json().at("/replacement/referencedOnLoad").asBoolean()).isTrue();
    }

    /** Null written out is no bound, for lirs; left out it is the default. */
    @Test
    void lirsMayRememberWithoutBound() {
        String unbounded = machine("'policy': 'lirs', 'remembered': null", 4);
        JsonNode shown = client.get(unbounded).expect(200).json().at("/replacement");
        assertThat(shown.has("remembered")).isTrue();
        assertThat(shown.at("/remembered").isNull()).isTrue();
        String bounded = machine("'policy': 'lirs'", 4);
        assertThat(client.get(bounded).number("/replacement/remembered")).isEqualTo(200);
        String other = machine("'policy': '2q', 'remembered': null", 4);
        assertThat(client.get(other).number("/replacement/remembered")).isEqualTo(50);
        int[] pages = IntStream.range(0, 40).toArray();
        touch(unbounded, 1, pages);
        touch(bounded, 1, pages);
        assertThat(client.get(unbounded + "/replacement").number("/queues/2/size")).isEqualTo(36);
        assertThat(client.get(bounded + "/replacement").number("/queues/2/size")).isEqualTo(8);
        Answer clone = client.post(unbounded + "/clone", "{}").expect(201);
        assertThat(clone.text("/digest")).isEqualTo(client.get(unbounded).text("/digest"));
        assertThat(clone.json().at("/replacement/remembered").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-1", "2001", "1.5", "'all'", "[]", "9223372036854775807"})
    void whatCannotBeRememberedIsSaidSo(String remembered) {
        Answer bad =
                client.post(
                                "/v1/machines",
                                "{'replacement': {'policy': 'lirs', 'remembered': %s}}"
                                        .formatted(remembered))
                        .expect(400);
        assertThat(bad.text("/errors/0/pointer")).isEqualTo("/replacement/remembered");
    }

    /** In a sweep too. */
    @Test
    void aSweepComparesWhatIsRemembered() {
        Answer sweep =
                client.post(
                                "/v1/sweeps",
                                "{'pages': [1, 2, 3], 'frames': [4], 'policies': [{'policy':"
                                        + " 'lirs', 'remembered': null}, 'lirs']}")
                        .expect(200);
        JsonNode combinations = sweep.json().at("/combinations");
        assertThat(combinations.at("/0/replacement/remembered").isNull()).isTrue();
        assertThat(combinations.at("/1/replacement/remembered").intValue()).isEqualTo(200);
    }

    /** The loop that Jiang's own program counts: its author's memory begins with hot pages. */
    @Test
    void clockProHitsOnALoopLongerThanMemory() {
        Answer sweep =
                client.post(
                                "/v1/sweeps",
                                "{'pages': %s, 'frames': [10], 'policies': ['clock-pro']}"
                                        .formatted(
                                                IntStream.range(0, 500)
                                                        .mapToObj(i -> "" + i % 25)
                                                        .toList()))
                        .expect(200);
        assertThat(sweep.number("/combinations/0/pageFaults")).isEqualTo(348);
    }

    @Test
    void withLocalScopeOneProcessDoesNotTakeAnothersFrames() {
        String machine = machine("'policy': 'lru', 'scope': 'local', 'frameShare': 2", 8);
        client.post(machine + "/processes", "{}").expect(201);
        touch(machine, 1, 0, 1);
        touch(machine, 2, 0, 1, 2, 3, 4, 5);
        touch(machine, 1, 0, 1);
        assertThat(client.get(machine + "/processes/1").number("/counters/pageFaults"))
                .isEqualTo(2);
        assertThat(client.get(machine + "/processes/2").number("/residentPages")).isEqualTo(2);
        assertThat(client.get(machine).text("/replacement/scope")).isEqualTo("local");
    }

    @Test
    void whatCannotBeLocalIsSaidSo() {
        Answer bad =
                client.post("/v1/machines", "{'replacement': {'policy': 'arc', 'scope': 'local'}}")
                        .expect(400);
        assertThat(bad.text("/errors/0/pointer")).isEqualTo("/replacement/scope");
    }

    @Test
    void aPinnedFrameIsNotEvicted() {
        String machine = machine("'policy': 'fifo'", 2);
        Answer refused = client.post(machine + "/frames/0/pin", "").expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("EINVAL");
        touch(machine, 1, 0);
        Answer pinned = client.post(machine + "/frames/0/pin", "").expect(200);
        assertThat(pinned.json().at("/pinned").asBoolean()).isTrue();
        touch(machine, 1, 1, 2, 3);
        Answer frames = client.get(machine + "/frames").expect(200);
        assertThat(frames.number("/frames/0/mappings/0/page")).isZero();
        client.post(machine + "/frames/0/unpin", "").expect(200);
        touch(machine, 1, 4);
        assertThat(client.get(machine + "/frames").number("/frames/0/mappings/0/page"))
                .isEqualTo(4);
        client.post(machine + "/frames/2/pin", "").expect(404);
    }
}
