package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;

/** What a new machine is: the fields given, those left out, presets, and what is refused. */
class MachineFieldsTest extends HttpTest {

    /** Machines on a blackboard: pages of a few bytes. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 4, 8})
    void pagesMayBeTiny(long pageSize) {
        String machine =
                client.machineWithProcess(
                        "{'pageSize': %d, 'frames': 8, 'addressBits': 5,".formatted(pageSize)
                                + " 'translation': {'kind': 'linear'}}");
        assertThat(client.get(machine).number("/pageSize")).isEqualTo(pageSize);
        client.access(machine, "write 0x5 4 67305985");
        Answer read = client.access(machine, "read 0x5 4");
        assertThat(read.number("/results/0/value")).isEqualTo(67305985);
        assertThat(read.number("/results/0/page")).isEqualTo(5 / pageSize);
        long pieces = (5 + 3) / pageSize - 5 / pageSize + 1;
        assertThat(read.at("/results/0/parts").size()).isEqualTo(pieces == 1 ? 0 : (int) pieces);
        assertThat(read.number("/counters/accesses")).isEqualTo(pieces);
        client.post("/v1/machines", "{'pageSize': %d}".formatted(pageSize)).expect(201);
        client.get(machine + "/processes/1/pages").expect(200);
        client.get(machine + "/disk").expect(200);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -4, 3, 12, 2147483648L})
    void pagesAreAPowerOfTwo(long pageSize) {
        Answer answer =
                client.post("/v1/machines", "{'pageSize': %d}".formatted(pageSize)).expect(400);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/pageSize");
    }

    @Test
    void tablesInFramesNeedPagesThatHoldAnEntry() {
        String json =
                "{'pageSize': %d, 'addressBits': 8,"
                        + " 'translation': {'kind': 'linear', 'memory': 'frames'}}";
        Answer answer = client.post("/v1/machines", json.formatted(4)).expect(400);
        assertThat(answer.text("/errors/0/pointer")).isEqualTo("/translation/memory");
        client.post("/v1/machines", json.formatted(8)).expect(201);
    }

    @Test
    void anEmptyObjectMakesASensibleSmallMachine() {
        Answer made = client.post("/v1/machines", "{}").expect(201);
        assertThat(made.header("Location")).isEqualTo("/v1/machines/" + made.text("/id"));
        assertThat(made.text("/id")).matches("[a-z][a-z0-9-]{0,62}");
        assertThat(made.version()).isEqualTo(made.number("/version")).isEqualTo(1);
        assertThat(made.text("/digest")).matches("[0-9a-f]{64}");
        assertThat(made.isNull("/preset")).isTrue();
        assertThat(made.at("/translation"))
                .isEqualTo(
                        Answer.json(
                                "{'kind': 'hierarchical', 'levels': [9, 9, 9, 9], 'memory':"
                                        + " 'free', 'buckets': null, 'layout': null,'segmentBits': null, 'placement': null, 'compaction': null}"));
        assertThat(made.text("/tlb/replacement")).isEqualTo("lru");
        assertThat(made.text("/tlb/management")).isEqualTo("hardware");
        assertThat(made.text("/replacement/policy")).isEqualTo("clock");
        assertThat(made.text("/replacement/scope")).isEqualTo("global");
        assertThat(made.text("/swap/reservation")).isEqualTo("lazy");
        assertThat(
                        List.of(
                                made.number("/seed"),
                                made.number("/pageSize"),
                                made.number("/frames"),
                                made.number("/addressBits"),
                                made.number("/tlb/entries"),
                                made.number("/tlb/ways"),
                                made.number("/swap/slots"),
                                made.number("/costs/memoryReference"),
                                made.number("/costs/swapIn")))
                .containsExactly(1L, 4096L, 64L, 48L, 16L, 16L, 1024L, 100L, 8_000_000L);
        assertThat(client.get(String.valueOf(made.header("Location"))).expect(200).json())
                .isEqualTo(made.json());
    }

    @Test
    void noBodyIsAsGoodAsAnEmptyOne() {
        assertThat(client.post("/v1/machines").expect(201).text("/digest"))
                .isEqualTo(client.post("/v1/machines", "{}").expect(201).text("/digest"));
    }

    @Test
    void everyFieldComesBackAsItWasGiven() {
        String spec =
                """
                {'id': 'every-field', 'seed': 7, 'pageSize': 1024, 'frames': 12, 'addressBits': 32,
                 'translation': {'kind': 'hierarchical', 'levels': [10, 12],
                                 'memory': 'frames'},
                 'tlb': {'entries': 8, 'ways': 2, 'replacement': 'fifo', 'management': 'hardware',
                         'tagged': false},
                 'replacement': {'policy': 'lru', 'scope': 'global'},
                 'swap': {'slots': 99, 'reservation': 'eager', 'overcommit': 'never',
                  'overcommitRatio': 20, 'spareFrame': true, 'outOfMemory': 'signal'},
                 'disk': {'blockSize': 4096},
                 'costs': {'memoryReference': 1, 'tlbLookup': 2, 'trap': 3, 'zeroFill': 4,
                           'pageCopy': 5, 'swapIn': 6, 'swapOut': 7, 'fileIn': 9, 'fileOut': 10, 'contextSwitch': 8},
                 'limits': {'processes': 5, 'tableBytes': 1048576, 'contentBytes': 65536,
                            'events': 100, 'areas': 7, 'stackBytes': 65536, 'handlerTries': 5}}
                """;
        Answer made = client.post("/v1/machines", spec).expect(201);
        assertHolds(made.json(), Answer.json(spec));
        assertThat(made.header("Location")).isEqualTo("/v1/machines/every-field");
    }

    private static void assertHolds(JsonNode made, JsonNode wanted) {
        if (!wanted.isObject()) {
            assertThat(made).isEqualTo(wanted);
        }
        wanted.properties()
                .forEach(field -> assertHolds(made.path(field.getKey()), field.getValue()));
    }

    @Test
    void noTlbIsNullAndALinearTableHasNoLevels() {
        Answer made =
                client.post(
                                "/v1/machines",
                                "{'tlb': null, 'addressBits': 16, 'translation':"
                                        + " {'kind': 'linear'}}")
                        .expect(201);
        assertThat(made.isNull("/tlb")).isTrue();
        assertThat(made.at("/translation/levels")).isEmpty();
    }

    @Test
    void chainedTablesHaveBuckets() {
        Answer hashed =
                client.post("/v1/machines", "{'frames': 65, 'translation': {'kind': 'hashed'}}");
        assertThat(hashed.number("/translation/buckets")).isEqualTo(128);
        Answer inverted =
                client.post("/v1/machines", "{'translation': {'kind': 'inverted', 'buckets': 7}}");
        assertThat(inverted.number("/translation/buckets")).isEqualTo(7);
        assertThat(inverted.at("/translation/levels")).isEmpty();
    }

    @Test
    void waysFollowFromEntriesAndAddressBitsFromLevels() {
        Answer made =
                client.post(
                                "/v1/machines",
                                "{'tlb': {'entries': 24}, 'translation': {'levels': [10, 10]}}")
                        .expect(201);
        assertThat(made.number("/tlb/ways")).isEqualTo(24);
        assertThat(made.number("/addressBits")).isEqualTo(32);
    }

    @Test
    void thePresetBeginsAsOnTheSlide() {
        Answer made = client.post("/v1/machines", "{'preset': 'lecture-16'}").expect(201);
        String machine = "/v1/machines/" + made.text("/id");
        assertThat(made.text("/preset")).isEqualTo("lecture-16");
        made.at("/counters").forEach(count -> assertThat(count.asLong()).isZero());
        Answer pages = client.get(machine + "/processes/1/pages?from=0&to=8").expect(200);
        List<String> shown = new ArrayList<>();
        pages.at("/pages")
                .forEach(page -> shown.add(page.get("state").asString() + page.get("frame")));
        assertThat(shown)
                .containsExactly(
                        "unallocatednull",
                        "resident0",
                        "resident1",
                        "swappednull",
                        "resident3",
                        "unallocatednull",
                        "swappednull",
                        "resident2");
        assertThat(pages.at("/pages/4/dirty").asBoolean()).isFalse();
        assertThat(pages.isNull("/pages/4/swapSlot")).isFalse();
    }

    @Test
    void otherFieldsOverrideAPreset() {
        String body = "{'preset': 'lecture-16', 'costs': {'swapIn': 5}, 'swap': {'slots': 32}}";
        Answer made = client.post("/v1/machines", body).expect(201);
        assertThat(made.number("/costs/swapIn")).isEqualTo(5);
        assertThat(made.number("/costs/swapOut")).isEqualTo(8_000_000);
        assertThat(made.number("/swap/slots")).isEqualTo(32);
        assertThat(made.number("/frames")).isEqualTo(4);
    }

    @Test
    void presetsAreListedWithWhatTheyShow() {
        Answer presets = client.get("/v1/presets").expect(200);
        assertThat(presets.text("/presets/0/name")).isEqualTo("lecture-16");
        assertThat(presets.text("/presets/0/shows")).isNotBlank();
        assertThat(presets.isNull("/nextCursor")).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'id': 'M1'} | /id",
                "{'id': ''} | /id",
                "{'id': 7} | /id",
                "{'preset': 'lecture-17'} | /preset",
                "{'pageSize': 12} | /pageSize",
                "{'pageSize': 100} | /pageSize",
                "{'pageSize': 2147483648} | /pageSize",
                "{'frames': 0} | /frames",
                "{'frames': -1} | /frames",
                "{'frames': '4'} | /frames",
                "{'frames': 4.5} | /frames",
                "{'frames': 4.0} | /frames",
                "{'frames': true} | /frames",
                "{'frames': 9223372036854775808} | /frames",
                "{'addressBits': 12} | /addressBits",
                "{'addressBits': 63} | /addressBits",
                "{'translation': {'kind': 'magic'}} | /translation/kind",
                "{'translation': {'memory': 'disk'}} | /translation/memory",
                "{'translation': {'memory': 'pageable'}, 'swap': {'reservation': 'eager'}} |"
                        + " /translation/memory",
                "{'translation': {'levels': []}} | /translation/levels",
                "{'translation': {'levels': [9, 0]}} | /translation/levels/1",
                "{'translation': {'levels': [9, null]}} | /translation/levels/1",
                "{'translation': {'levels': [9, 9]}, 'addressBits': 48} | /translation/levels",
                "{'translation': []} | /translation",
                "{'tlb': {'entries': 0}} | /tlb/entries",
                "{'tlb': {'entries': 16, 'ways': 3}} | /tlb/ways",
                "{'tlb': {'replacement': 'best'}} | /tlb/replacement",
                "{'tlb': {'tagged': 'yes'}} | /tlb/tagged",
                "{'tlb': {'entrys': 1}} | /tlb/entrys",
                "{'tlb': 16} | /tlb",
                "{'replacement': {'policy': 'psychic'}} | /replacement/policy",
                "{'replacement': {'scope': 'galactic'}} | /replacement/scope",
                "{'swap': {'slots': -1}} | /swap/slots",
                "{'costs': {'swapIn': -1}} | /costs/swapIn",
                "{'translation': {'kind': 'inverted', 'buckets': 4194304}, 'limits': {'tableBytes':"
                        + " 1048576}} | /translation/buckets",
                "{'disk': {'blockSize': 3000}} | /disk/blockSize",
                "{'disk': {'blockSize': 2}} | /disk/blockSize",
                "{'disk': {'blockSize': 1099511627776}} | /disk/blockSize",
                "{'costs': {'swapIn': 1e3}} | /costs/swapIn",
                "{'limits': {'processes': 0}} | /limits/processes",
                "{'frmes': 4} | /frmes"
            })
    void aBadFieldIsNamed(String body, String pointer) {
        client.post("/v1/machines", body).expectBadField(pointer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'frames': 4, 'frames': 4}",
                "{'tlb': {'entries': 4, 'entries': 4}}",
                "{'frames': 4",
                "{'frames': 4}}",
                "{'frames': 4} {}",
                "{'frames': 04}",
                "{'frames': NaN}",
                "[]",
                "4",
                "'x'",
                "nonsense"
            })
    void malformedJsonIsRefused(String body) {
        client.post("/v1/machines", body).expectProblem(400, "INVALID_BODY");
    }

    @Test
    void allThatIsWrongWithASpecIsToldAtOnce() {
        Answer refused = client.post("/v1/machines", "{'pageSize': 17, 'frames': 0}").expect(400);
        assertThat(refused.at("/errors").size()).isEqualTo(2);
    }
}
