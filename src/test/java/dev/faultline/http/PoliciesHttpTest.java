package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

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
