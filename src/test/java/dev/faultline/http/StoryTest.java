package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.stream.Collectors;

/** The story of a translation: all that an access would do, in order, in words and numbers. */
@Tag("slow")
class StoryTest extends HttpTest {

    private static final List<String> ADDRESSES =
            List.of("0x0", "0x40", "0x1004", "0x4000", "0x6004", "0x7fff");

    private Answer translate(String machine, int pid, String address, String op) {
        return client.get(
                "%s/translations?pid=%d&address=%s&op=%s".formatted(machine, pid, address, op));
    }

    private static String kinds(Answer seen) {
        return seen.at("/story")
                .valueStream()
                .map(step -> step.get("kind").asString())
                .collect(Collectors.joining(" "));
    }

    private static void check(Answer seen) {
        MachineLaws.story(seen.json());
    }

    private static JsonNode only(JsonNode story, String kind) {
        return MachineLaws.only(story, kind);
    }

    private String preset(String name) {
        return "/v1/machines/"
                + client.post("/v1/machines", "{'preset': '" + name + "'}").expect(201).text("/id");
    }

    /** The slides "Virtual Memory Accesses" (1) to (5), with a victim that was written to. */
    @Test
    void lecture16FiveSlides() {
        String machine = preset("lecture-16");
        client.access(machine, "write 0x4000", "read 0x4000");
        String digest = client.digest(machine);
        Answer seen = translate(machine, 1, "0x6004", "read").expect(200);
        check(seen);
        assertThat(seen.at("/story").findValuesAsString("words"))
                .containsExactly(
                        "0x6004 is page 6 and offset 4.",
                        "The TLB does not have page 6 in set 0: a miss.",
                        "Level 1, entry 6, at 0x30: the entry of the page is 0x200.",
                        "The entry is not valid; it names slot 0 of the store.",
                        "A page fault traps into the kernel.",
                        "Page 6 is in the area 0x6000 to 0x7fff (rw-, private memory), which allows"
                                + " the read.",
                        "No frame is free: a page has to leave.",
                        "Page 4 of process 1 leaves frame 3, dirty, by the rule: the first page from the"
                                + " hand on that was not referenced; others are cleared; the hand"
                                + " goes from frame 3 to 0.",
                        "Frame 3 is written to slot 1 of the store.",
                        "The entry of page 4 of process 1 becomes invalid, and names slot 1.",
                        "Slot 0 of the store is read into frame 3.",
                        "Page 6 of process 1 maps frame 3 now (rw-).",
                        "The access runs again from the beginning.",
                        "The TLB does not have page 6 in set 0: a miss.",
                        "Level 1, entry 6, at 0x30: the entry of the page is 0xc07.",
                        "The entry is valid and rw-, which allows the read to frame 3.",
                        "The TLB loads page 6, frame 3, into set 0, way 0.",
                        "The read reaches physical address 0x3004, in frame 3.");
        JsonNode story = seen.at("/story");
        assertThat(story.get(2).get("index").asInt()).isEqualTo(6);
        assertThat(story.get(2).get("address").asString()).isEqualTo("0x30");
        JsonNode victim = only(story, "victim");
        assertThat(victim.get("frame").asInt()).isEqualTo(3);
        assertThat(victim.get("mappings").toString()).isEqualTo("[{\"pid\":1,\"page\":4}]");
        assertThat(victim.get("choice").get("candidates").findValuesAsString("frame"))
                .containsExactly("3", "0", "1", "2", "3");
        assertThat(victim.get("choice")).isEqualTo(seen.at("/access/fault/choice"));
        for (String kind : List.of("write-back", "load")) {
            assertThat(only(story, kind).get("ticks").asLong()).as(kind).isEqualTo(8_000_000);
            assertThat(only(story, kind).get("frame").asInt()).as(kind).isEqualTo(3);
        }
        assertThat(only(story, "unmap").get("slot"))
                .isEqualTo(only(story, "write-back").get("slot"));
        assertThat(only(story, "fill").get("way").asInt()).isZero();
        assertThat(client.digest(machine)).isEqualTo(digest);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "two levels of TLB|{'tlb': {'entries': 1, 'ways': 1, 'secondLevel': {'entries': 8, 'ways': 8}}}|write 0x0,read 0x1000|read 0x0|split tlb tlb fill check memory",
                "a TLB in software|{'addressBits': 20, 'translation': {'kind': 'linear'}, 'tlb': {'management': 'software'}}||read 0x0|split tlb fault walk check fault area allocate load map walk check fill restart tlb check memory",
                "a first write in software|{'tlb': {'management': 'software'}}|read 0x0|write 0x0|split tlb check fault check restart tlb check memory",
                "no TLB|{'tlb': null}|read 0x0|read 0x0|split walk walk walk walk check memory",
                "a walk cache|{'tlb': {'entries': 1, 'ways': 1, 'walkCache': 4}}|read 0x0,read 0x1000|read 0x0|split tlb walk check fill memory",
                "a hash chain|{'translation': {'kind': 'hashed', 'buckets': 1}, 'tlb': null}|read 0x1000,read 0x0|read 0x1000|split walk walk walk check memory",
                "a table in frames|{'addressBits': 20, 'translation': {'kind': 'linear', 'memory': 'frames'}}||write 0x0|split tlb walk check fault area allocate allocate allocate load map restart tlb walk check fill memory",
                "copy on write|{}|write 0x0,fork|write 0x0|split tlb walk walk walk walk check fault area allocate copy unmap map restart tlb walk walk walk walk check fill memory",
                "the last sharer|{}|write 0x0,fork,exit|write 0x0|split tlb walk walk walk walk check fault area map restart tlb walk walk walk walk check fill memory",
                "a huge page|{'addressBits': 20, 'frames': 64, 'translation': {'kind': 'hierarchical', 'levels': [4, 4]}}|huge|write 0x0|split tlb walk check fault area allocate load map restart tlb walk check fill memory",
                "another page of a huge one|{'addressBits': 20, 'frames': 64, 'translation': {'kind': 'hierarchical', 'levels': [4, 4]}}|huge,write 0x0|write 0x1000|split tlb check memory",
                "the page daemon|{'addressBits': 20, 'translation': {'kind': 'linear'}, 'frames': 4, 'reclaim': {'low': 2, 'high': 3}}|write 0x0,write 0x1000|write 0x2000|split tlb walk check fault area allocate load map restart tlb walk check fill memory victim write-back unmap victim write-back unmap",
                "read-ahead|{'addressBits': 20, 'translation': {'kind': 'linear'}, 'frames': 4, 'readAhead': {'swap': 2}}|write 0x0000,write 0x1000,write 0x2000,write 0x3000,write 0x4000,write 0x5000|read 0x0|split tlb walk check fault area allocate victim write-back unmap load map allocate victim write-back unmap load restart tlb walk check fill memory",
                "nothing can leave|{'addressBits': 20, 'translation': {'kind': 'linear'}, 'frames': 1, 'swap': {'slots': 0}}|write 0x0|write 0x1000|split tlb walk check fault area allocate victim fault",
                "another process is ended|{'addressBits': 20, 'translation': {'kind': 'linear'}, 'frames': 2, 'swap': {'slots': 0}}|fork,2 write 0x0,2 write 0x1000|write 0x2000|split tlb walk check fault area allocate victim victim allocate load map restart tlb walk check fill memory",
                "a segment|{'translation': {'kind': 'segmentation'}, 'frames': 16}||write 0x10|split walk check memory",
                "beyond a limit|{'translation': {'kind': 'segmentation'}, 'frames': 16}||write 0x4000|split walk check fault area fault",
                "a process as a whole|{'translation': {'kind': 'relocation'}, 'frames': 8}|write 0x0,process,process,process,process|read 0x0|split check fault area victim unmap allocate load map restart check memory"
            })
    void eachKindInItsOrder(
            String title, String spec, String before, String access, String expected) {
        String machine = client.machineWithProcess(spec);
        for (String each : before == null ? new String[0] : before.split(",", -1)) {
            switch (each) {
                case "fork" -> client.post(machine + "/processes/1/fork").expect(201);
                case "exit" -> client.post(machine + "/processes/2/exit").expect(200);
                case "huge" ->
                        client.post(
                                        machine + "/processes/1/areas/0x0/advise",
                                        "{'advice': 'hugepage'}")
                                .expect(200);
                case "process" -> client.post(machine + "/processes").expect(201);
                default -> {
                    boolean other = each.startsWith("2 ");
                    client.access(machine, other ? 2 : 1, other ? each.substring(2) : each);
                }
            }
        }
        String[] words = access.split(" ", -1);
        Answer seen = translate(machine, 1, words[1], words[0]).expect(200);
        check(seen);
        assertThat(kinds(seen))
                .as(title + String.join("\n", seen.at("/story").findValuesAsString("words")))
                .isEqualTo(expected);
    }

    @Test
    void everyPresetsAccessesAreTold() {
        for (String preset : client.get("/v1/presets").at("/presets").findValuesAsString("name")) {
            String machine = preset(preset);
            String digest = client.digest(machine);
            for (JsonNode process : client.get(machine + "/processes").at("/processes")) {
                for (String address : ADDRESSES) {
                    for (String op : List.of("read", "write", "execute")) {
                        int pid = process.get("pid").asInt();
                        Answer seen = translate(machine, pid, address, op);
                        if (seen.status() == 200) {
                            check(seen);
                        } else {
                            assertThat(seen.status()).isIn(400, 409); // beyond, or ended
                        }
                    }
                }
            }
            assertThat(client.digest(machine)).isEqualTo(digest);
            client.delete(machine).expect(204);
        }
    }
}
