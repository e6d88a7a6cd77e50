package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import tools.jackson.databind.JsonNode;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What holds for every machine, as far as its representation, answers and views show. */
final class MachineLaws {

    /** What a process's page table holds; {@code asid} is that of the process that owns it. */
    record Pages(JsonNode process, int asid, JsonNode list) {}

    /** A machine shows every field of its spec with the value that was asked for. */
    void asked(JsonNode asked, JsonNode shown, String at) {
        for (Map.Entry<String, JsonNode> field : asked.properties()) {
            String pointer = at + "/" + field.getKey();
            if (field.getValue().isObject()) {
                asked(field.getValue(), shown, pointer);
            } else {
                assertThat(shown.at(pointer).toString())
                        .as("%s", pointer)
                        .isEqualTo(field.getValue().toString());
            }
        }
    }

    /** The version moves by one exactly if the digest moves, and is the one that was answered. */
    void version(JsonNode before, JsonNode after, Step step, Answer answer) {
        long old = before.get("version").asLong();
        boolean moved = !after.get("digest").equals(before.get("digest"));
        long now = after.get("version").asLong();
        assertThat(now)
                .as("version after %s, the digest %s", answer, moved ? "moved" : "is the same")
                .isEqualTo(moved ? old + 1 : old);
        if (answer.status() < 300 && !step.method().equals("DELETE")) {
            assertThat(answer.version()).as("ETag of %s", answer).isEqualTo(now);
        }
        if (answer.status() >= 400) { // a trace's first ticks and accesses stay applied
            boolean tells = answer.json().has("accesses") && answer.json().has("version");
            assertThat(moved)
                    .as("changed by %s", answer)
                    .isEqualTo(tells && answer.json().get("version").asLong() == old + 1);
        }
        boolean refused = answer.status() == 200 && answer.json().has("refused");
        if (refused) {
            assertThat(moved).as("changed by %s", answer).isFalse();
        }
    }

    /** The change of the counters that an answer tells is that of the machine. */
    void counters(JsonNode before, JsonNode after, Step step, Answer answer) {
        boolean issues = Set.of("accesses", "trace", "run").contains(step.action());
        if (!issues || answer.status() != 200) {
            return;
        }
        for (Map.Entry<String, JsonNode> counter : answer.at("/counters").properties()) {
            String name = counter.getKey();
            assertThat(counter.getValue().asLong())
                    .as("%s in %s", name, answer)
                    .isEqualTo(count(after, name) - count(before, name))
                    .isNotNegative();
        }
        if (step.action().equals("accesses")) {
            long ticks = 0;
            for (JsonNode result : answer.at("/results")) {
                ticks += result.get("ticks").asLong(0);
            }
            // the switch to the process and its way back into memory are no access's
            assertThat(ticks)
                    .as("ticks of %s", answer)
                    .isLessThanOrEqualTo(answer.number("/counters/ticks"));
        }
    }

    private static long count(JsonNode shown, String name) {
        return shown.path("counters").path(name).asLong();
    }

    /** What the processes and the kernel counted is what the machine did, and kinds add up. */
    void sums(JsonNode shown, List<JsonNode> processes, JsonNode kernel) {
        for (Map.Entry<String, JsonNode> counter : shown.get("counters").properties()) {
            String name = counter.getKey();
            long sum = kernel.path(name).asLong();
            for (JsonNode process : processes) {
                sum += count(process, name);
            }
            assertThat(sum).as("%s of all processes", name).isEqualTo(counter.getValue().asLong());
            assertThat(counter.getValue().asLong()).as(name).isNotNegative();
        }
        assertThat(count(shown, "minorFaults") + count(shown, "majorFaults"))
                .as("page faults")
                .isEqualTo(count(shown, "pageFaults"));
        assertThat(count(shown, "reads") + count(shown, "writes") + count(shown, "executes"))
                .as("accesses")
                .isEqualTo(count(shown, "accesses"));
        if (!shown.get("tlb").isNull()) {
            assertThat(count(shown, "tlbHits") + count(shown, "tlbMisses"))
                    .as("look-ups")
                    .isEqualTo(count(shown, "accesses"));
        }
    }

    void foretold(JsonNode foretold, Step step, Answer answer) {
        JsonNode access = step.json().at("/accesses/0");
        boolean comparable = !access.has("value") && !access.has("size") && !access.has("cpu");
        if (comparable && answer.status() == 200 && foretold.has("access")) {
            assertThat(answer.at("/results/0")).isEqualTo(foretold.get("access"));
        }
    }

    /** Each frame is free or used; each mapping is in the table of its process, and back. */
    void mappings(JsonNode shown, JsonNode frames, List<Pages> pages) {
        Set<String> inFrames = new TreeSet<>();
        long used = 0;
        for (JsonNode frame : frames.get("frames")) {
            boolean isFree = frame.get("state").asString().equals("free");
            used += isFree ? 0 : 1;
            assertThat(isFree && !frame.get("mappings").isEmpty()).as("%s", frame).isFalse();
            assertThat(frame.get("use").isNull()).as("%s", frame).isEqualTo(isFree);
            for (JsonNode mapping : frame.get("mappings")) {
                if (mapping.get("pid").asInt() != 0) {
                    inFrames.add(
                            place(
                                    mapping.get("pid").asInt(),
                                    mapping.get("page").asLong(),
                                    frame.get("frame").asInt()));
                }
            }
        }
        assertThat(frames.get("frames").size()).isEqualTo(shown.get("frames").asInt());
        assertThat(used).isLessThanOrEqualTo(shown.get("frames").asInt());
        Set<String> inTables = new TreeSet<>();
        for (Pages table : pages) {
            long resident = 0;
            for (JsonNode page : table.list.get("pages")) {
                boolean valid = page.get("valid").asBoolean();
                resident += valid ? 1 : 0;
                if (valid) {
                    inTables.add(
                            place(
                                    table.asid,
                                    page.get("page").asLong(),
                                    page.get("frame").asInt(-1)));
                }
            }
            if (table.list.get("nextCursor").isNull()) {
                assertThat(table.process.get("residentPages").asLong())
                        .as("resident pages of %s", table.process)
                        .isEqualTo(resident);
            }
        }
        assertThat(inTables).as("mappings in tables, and in frames").isEqualTo(inFrames);
        long maps = count(shown, "maps") - count(shown, "unmaps");
        assertThat(maps).as("maps less unmaps").isGreaterThanOrEqualTo(0);
    }

    private static String place(int pid, long page, int frame) {
        return "process " + pid + " page " + page + " frame " + frame;
    }

    /** Slots are used or free, and a page in the store is in a used slot. */
    void slots(JsonNode swap, List<Pages> pages) {
        assertThat(swap.get("used").asInt() + swap.get("free").asInt())
                .isEqualTo(swap.get("capacity").asInt());
        Map<Integer, JsonNode> used = new TreeMap<>();
        swap.get("slots").forEach(slot -> used.put(slot.get("slot").asInt(), slot));
        assertThat(used).hasSize(swap.get("used").asInt());
        for (Pages table : pages) {
            for (JsonNode page : table.list.get("pages")) {
                JsonNode slot = Objects.requireNonNull(page.get("swapSlot"));
                if (!slot.isNull()) {
                    assertThat(used).as("slots used, for %s", page).containsKey(slot.asInt());
                }
            }
        }
    }
}
