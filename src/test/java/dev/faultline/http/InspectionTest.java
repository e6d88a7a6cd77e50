package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Pages, frames, TLB, swap, memory and counters, and that looking at them changes nothing. */
class InspectionTest extends HttpTest {

    /** Two frames: page 1 is swapped out, page 2 clean in frame 1, page 3 dirty in frame 0. */
    private String threePages() {
        String machine =
                client.machineWithProcess("{'frames': 2, 'replacement': {'policy': 'fifo'}}");
        client.access(machine, "write 0x1000 4 258", "read 0x2000", "write 0x3008 1 9");
        return machine;
    }

    @Test
    void pagesAreShownWhereTheyAre() {
        String machine = threePages();
        Answer pages = client.get(machine + "/processes/1/pages").expect(200);
        assertThat(pages.at("/pages").size()).isEqualTo(3);
        assertThat(pages.text("/pages/0/state")).isEqualTo("swapped");
        assertThat(pages.isNull("/pages/0/frame")).isTrue();
        assertThat(pages.at("/pages/0/valid").asBoolean()).isFalse();
        assertThat(pages.number("/pages/0/swapSlot")).isZero();
        assertThat(pages.at("/pages/2"))
                .isEqualTo(
                        Answer.json(
                                "{'cow':false,'dirty':true,'frame':0,'page':3,'referenced':true,"
                                        + "'state':'resident','swapSlot':null,'valid':true,'writable':true}"));
        assertThat(pages.isNull("/nextCursor")).isTrue();
        Answer process = client.get(machine + "/processes/1").expect(200);
        assertThat(process.number("/residentPages")).isEqualTo(2);
        assertThat(process.number("/swappedPages")).isEqualTo(1);
    }

    @Test
    void aRangeShowsEveryPageInIt() {
        String machine = threePages();
        String path = machine + "/processes/1/pages";
        assertThat(pageNumbers(path + "?from=0&to=5")).containsExactly(0L, 1L, 2L, 3L, 4L);
        assertThat(pageNumbers(path + "?from=2&to=3")).containsExactly(2L);
        assertThat(pageNumbers(path + "?from=2&to=2")).isEmpty();
        assertThat(pageNumbers(path + "?to=2")).containsExactly(0L, 1L);
        assertThat(pageNumbers(path + "?from=68719476734"))
                .containsExactly(68719476734L, 68719476735L);
        assertThat(client.get(path + "?from=0&to=1").text("/pages/0/state"))
                .isEqualTo("unallocated");
    }

    private List<Long> pageNumbers(String path) {
        List<Long> numbers = new ArrayList<>();
        client.get(path).expect(200).at("/pages").forEach(p -> numbers.add(p.get("page").asLong()));
        return numbers;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "from=-1",
                "to=-1",
                "from=3&to=2",
                "to=68719476737",
                "from=0x1",
                "from=1.5",
                "limit=0",
                "limit=10001",
                "cursor=zzz",
                "first=1"
            })
    void aBadRangeIsRefused(String query) {
        String machine = client.machineWithProcess("{}");
        client.get(machine + "/processes/1/pages?" + query).expectProblem(400, "INVALID_PARAMETER");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 68719476736L, Long.MAX_VALUE - 1, Long.MAX_VALUE, Long.MIN_VALUE})
    void aForgedCursorDoesNoHarm(long after) {
        String machine = client.machineWithProcess("{}");
        byte[] text = ("after:" + after).getBytes(UTF_8);
        String cursor = Base64.getUrlEncoder().withoutPadding().encodeToString(text);
        for (String list :
                List.of(
                        "/processes?limit=1",
                        "/processes/1/pages?limit=1",
                        "/processes/1/pages?limit=1&from=0&to=8",
                        "/frames?limit=1",
                        "/tlb?limit=1",
                        "/swap?limit=1",
                        "/events?limit=1")) {
            Answer answer = client.get(machine + list + "&cursor=" + cursor);
            assertThat(answer.status()).as("%s", answer).isIn(200, 400, 410);
            if (answer.status() == 200 && after > 0) {
                assertThat(answer.isNull("/nextCursor")).as("%s", answer).isTrue();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/processes/1/pages", "/processes/1/pages?from=0&to=7", "/frames", "/tlb"})
    void aListIsTheSameInParts(String list) {
        String machine = client.machineWithProcess("{'frames': 5, 'tlb': {'entries': 4}}");
        client.access(machine, "read 0x0", "write 0x1000", "read 0x2000", "read 0x3000");
        String path = machine + list;
        JsonNode whole = rows(client.get(path).expect(200));
        List<JsonNode> parts = new ArrayList<>();
        String with = path + (path.contains("?") ? "&" : "?") + "limit=2";
        Answer part = client.get(with).expect(200);
        while (true) {
            rows(part).forEach(parts::add);
            if (part.isNull("/nextCursor")) {
                break;
            }
            part = client.get(with + "&cursor=" + part.text("/nextCursor")).expect(200);
        }
        assertThat(parts).containsExactlyElementsOf(whole);
    }

    /** The one array of a list. */
    private static JsonNode rows(Answer answer) {
        for (JsonNode field : answer.json()) {
            if (field.isArray()) {
                return field;
            }
        }
        throw new AssertionError("no list: " + answer);
    }

    @Test
    void framesShowWhoMapsThem() {
        String machine = client.machineWithProcess("{'frames': 3}");
        client.access(machine, "write 0x4000", "read 0x5000");
        client.post(machine + "/processes/1/fork").expect(201);
        Answer frames = client.get(machine + "/frames").expect(200);
        assertThat(frames.at("/frames/0"))
                .isEqualTo(
                        Answer.json(
                                "{'dirty':true,'frame':0,'mappings':[{'page':4,'pid':1},"
                                        + "{'page':4,'pid':2}],'pinned':false,'referenced':true,'state':'used',"
                                        + "'use':'anonymous'}"));
        assertThat(frames.at("/frames/1/dirty").asBoolean()).isFalse();
        assertThat(frames.text("/frames/2/state")).isEqualTo("free");
        assertThat(frames.at("/frames/2/mappings")).isEmpty();
        assertThat(frames.isNull("/frames/2/use")).isTrue();
        Answer pages = client.get(machine + "/processes/2/pages").expect(200);
        assertThat(pages.at("/pages/0/cow").asBoolean()).isTrue();
        assertThat(pages.at("/pages/0/writable").asBoolean()).isFalse();
    }

    @Test
    void theTlbIsShownSetBySet() {
        String machine =
                client.machineWithProcess("{'tlb': {'entries': 4, 'ways': 2, 'tagged': true}}");
        client.access(machine, "read 0x1000", "read 0x3000", "write 0x4000");
        Answer tlb = client.get(machine + "/tlb").expect(200);
        assertThat(tlb.at("/entries").size()).isEqualTo(4);
        List<String> shown = new ArrayList<>();
        tlb.at("/entries")
                .forEach(e -> shown.add(e.get("set") + "/" + e.get("way") + " " + e.get("page")));
        assertThat(shown).containsExactly("0/0 4", "0/1 null", "1/0 1", "1/1 3");
        assertThat(tlb.at("/entries/0/dirty").asBoolean()).isTrue();
        assertThat(tlb.number("/entries/0/asid")).isEqualTo(1);
        assertThat(tlb.at("/entries/1/valid").asBoolean()).isFalse();
        String none = client.machine("{'tlb': null}");
        assertThat(client.get(none + "/tlb").expect(200).at("/entries")).isEmpty();
    }

    @Test
    void swapShowsWhatTheSlotsHold() {
        String machine = threePages();
        Answer swap = client.get(machine + "/swap").expect(200);
        assertThat(swap.number("/capacity")).isEqualTo(1024);
        assertThat(swap.number("/used")).isEqualTo(1);
        assertThat(swap.number("/free")).isEqualTo(1023);
        assertThat(swap.at("/slots"))
                .isEqualTo(Answer.json("[{'frame':null,'pages':[{'page':1,'pid':1}],'slot':0}]"));
    }

    @Test
    void memoryIsShownWhereverItIs() {
        String machine = threePages();
        String digest = client.digest(machine);
        Answer swapped = memory(machine, "address=0x1000&length=4").expect(200);
        assertThat(swapped.text("/bytes")).isEqualTo(base64(2, 1, 0, 0));
        assertThat(swapped.text("/address")).isEqualTo("0x1000");
        assertThat(swapped.number("/length")).isEqualTo(4);
        assertThat(memory(machine, "address=12295&length=3").text("/bytes"))
                .isEqualTo(base64(0, 9, 0));
        assertThat(memory(machine, "address=0x9999&length=2").text("/bytes"))
                .isEqualTo(base64(0, 0));
        assertThat(memory(machine, "address=0xfff&length=2").text("/bytes"))
                .isEqualTo(base64(0, 2));
        assertThat(client.digest(machine)).isEqualTo(digest);
    }

    private Answer memory(String machine, String query) {
        return client.get(machine + "/memory?pid=1&" + query);
    }

    private static String base64(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return Base64.getEncoder().encodeToString(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "address=0&length=0",
                "address=0&length=1048577",
                "address=0",
                "length=1",
                "address=0xffffffffffff&length=2",
                "address=0x1000000000000&length=1",
                "address=ff&length=1",
                "address=-1&length=1",
                "address=&length=1",
                "address=0&length=1&size=1"
            })
    void aBadMemoryRangeIsRefused(String query) {
        String machine = client.machineWithProcess("{}");
        memory(machine, query).expect(400);
    }

    @Test
    void memoryInNoAreaIsAConflict() {
        String machine = client.machine("{}");
        client.post(machine + "/processes", "{'areas': []}").expect(201);
        memory(machine, "address=0&length=1").expectProblem(409, "NOT_MAPPED");
    }

    @Test
    void countersOfProcessesAddUpToTheMachines() {
        String machine = client.machineWithProcess("{}");
        client.post(machine + "/processes").expect(201);
        client.access(machine, 1, "read 0x0", "write 0x1000", "execute 0x2000");
        client.access(machine, 2, "read 0x0");
        Answer counters = client.get(machine + "/counters").expect(200);
        assertThat(counters.json().size()).isEqualTo(28);
        for (String name : List.of("accesses", "reads", "pageFaults", "walkReferences", "maps")) {
            assertThat(counters.number("/" + name))
                    .isEqualTo(
                            client.get(machine + "/processes/1").number("/counters/" + name)
                                    + client.get(machine + "/processes/2")
                                            .number("/counters/" + name));
        }
        assertThat(counters.number("/pageFaults"))
                .isEqualTo(counters.number("/minorFaults") + counters.number("/majorFaults"));
        assertThat(client.get(machine).at("/counters")).isEqualTo(counters.json());
    }
}
