package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.Machine;
import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.presets.Presets;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.spec.Translation;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Machines that were exported once, one for each policy, kind of table and preset, and lives in
 * which every kind of command occurs. Each has to come out the same for as long as this server says
 * that it knows their engine. {@code -Dgolden.write} writes those that are missing; one that is
 * there is never written again, but removed with its engine.
 */
@Tag("slow")
class GoldenTest extends HttpTest {

    private static final Path FOLDER = Path.of("src/test/resources/golden");
    private static final String TYPE = "application/x-faultline";

    /** Commands that no request gives alone. */
    private static final Set<String> NOT_ASKED_FOR = Set.of("clear-counters");

    /** The body that makes each machine, by the name of its file. */
    private static Map<String, String> machines() {
        Map<String, String> machines = new TreeMap<>();
        for (String policy : Machine.policyNames()) {
            machines.put(
                    "policy-" + policy,
                    "{'frames': 5, 'addressBits': 16, 'replacement': {'policy': '"
                            + policy
                            + "'}}");
        }
        for (Translation.Kind kind : Translation.Kind.values()) {
            String word = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
            machines.put(
                    "table-" + word,
                    "{'frames': 12, 'addressBits': 16, 'translation': {'kind': '" + word + "'}}");
        }
        for (Preset preset : Presets.all()) {
            machines.put("preset-" + preset.name(), "{'preset': '" + preset.name() + "'}");
        }
        machines.put(
                "two-processors",
                "{'frames': 6, 'addressBits': 16, 'cpus': 2, 'scheduler': {'quantum': 500},"
                        + " 'replacement': {'scope': 'local'}, 'reclaim': {'min': 1, 'low': 2,"
                        + " 'high': 3}}");
        machines.put("lab", "{'frames': 4, 'addressBits': 18}");
        machines.put("commands", "{'frames': 8, 'addressBits': 20}");
        machines.put("segments", "{'frames': 16, 'translation': {'kind': 'segmentation'}}");
        return machines;
    }

    /** What happens to a machine. What it refuses happens to it too. */
    private void live(String machine, String name) {
        String process = machine + "/processes/1";
        if (name.equals("lab")) {
            client.postText(
                            machine + "/trace",
                            "text/x-nyu-mmu",
                            "1\n1\n0 15 0 0\nc 0\nr 1\nw 2\nw 3\nr 4\nw 5\nr 1\ne 0\n")
                    .expect(200);
            return;
        }
        if (name.equals("preset-relocation-compaction")) {
            client.post(machine + "/compact").expect(200);
        }
        client.post(machine + "/processes");
        for (int round = 0; round < 3; round++) {
            StringBuilder trace = new StringBuilder();
            for (int i = 0; i < 60; i++) {
                int page = (i * i + 7 * round) % 13;
                trace.append(i % 3 == 0 ? " S " : " L ")
                        .append(Integer.toHexString(page * 4096 + i))
                        .append(",4\n");
            }
            client.postText(process + "/trace", Client.LACKEY, trace.toString());
        }
        client.post(
                process + "/accesses",
                "{'accesses': [{'op': 'write', 'address': '0x10', 'size': 8, 'value': 77}, {'op':"
                        + " 'tick'}, {'op': 'execute', 'address': '0x1010'}]}");
        client.post(process + "/fork");
        client.post(machine + "/processes/2/accesses", Client.batch("write 0x10"));
        client.post(
                machine + "/processes",
                "{'program': {'generator': {'kind': 'quicksort', 'bytes': 4096, 'accesses': 400}}}");
        client.post(
                machine + "/processes",
                "{'program': {'accesses': [{'op': 'write', 'address': '0x20'}]}}");
        client.post(machine + "/run", "{'until': {'accesses': 100}}");
        client.post(machine + "/run");
        if (name.equals("commands") || name.equals("segments")) {
            everyCommand(machine, process);
        }
        client.post(machine + "/processes/2/exit");
        client.post(machine + "/rewind", "{'to': 3}");
        client.post(process + "/accesses", Client.batch("read 0x3000"));
        client.post(machine + "/reset");
        client.post(machine + "/processes");
    }

    private void everyCommand(String machine, String process) {
        client.send(
                "PUT", machine + "/files/notes", "application/octet-stream", new byte[] {1, 2, 3});
        client.post(
                process + "/exec",
                "{'areas': [{'start': '0x1000', 'length': 20480, 'protection': 'rwx'}]}");
        String area = process + "/areas/0x1000";
        client.post(process + "/accesses", Client.batch("write 0x1000", "write 0x2000"));
        client.post(
                process + "/areas", "{'start': '0x20000', 'length': 4096, 'protection': 'rw-'}");
        client.post(
                process + "/areas",
                "{'kind': 'file', 'name': 'notes', 'sharing': 'shared', 'length': 3, 'protection': 'rw-'}");
        client.patch(area, "{'length': 4096, 'protection': 'r--'}");
        client.post(
                process + "/protect",
                "{'ranges': [{'start': '0x2000', 'length': 4096}], 'protection': 'r--'}");
        client.post(area + "/advise", "{'advice': 'willneed', 'length': 4096}");
        client.post(area + "/sync", "{'length': 4096}");
        client.post(area + "/lock", "{'length': 4096}");
        client.post(area + "/unlock", "{'length': 4096}");
        client.post(area + "/dirty", "{'length': 8192}");
        client.post(process + "/areas/0x20000/remap", "{'length': 4096, 'newLength': 8192}");
        client.delete(process + "/areas/0x20000?length=4096");
        client.post(process + "/brk", "{'increment': 8192}");
        client.put(
                process + "/handler",
                "{'commands': [{'command': 'unprotect', 'at': 'fault', 'length': 4096}]}");
        client.post(process + "/vfork");
        client.post(machine + "/processes/5/exit");
        client.post(process + "/swap-out");
        client.post(process + "/swap-in");
        client.post(machine + "/kernel/mappings", "{'frame': 0, 'protection': 'r--'}");
        client.post(machine + "/kernel/accesses", Client.batch("read 0x0"));
        client.delete(machine + "/kernel/mappings/0x0");
        client.post(machine + "/frames/0/pin");
        client.post(machine + "/frames/0/unpin");
        client.put(machine + "/groups/small", "{'limit': 2}");
        client.put(process + "/group", "{'group': 'small'}");
        client.post(machine + "/tlb/flush", "{}");
        client.post(process + "/switch");
        client.post(machine + "/compact");
    }

    @Test
    void eachComesOutAsItDid() throws IOException {
        if (System.getProperty("golden.write") != null) {
            write();
        }
        for (String name : machines().keySet()) {
            Path file = FOLDER.resolve(name + ".faultline");
            assertThat(file).as("missing; write it: -Dgolden.write").exists();
            Answer made = client.send("POST", "/v1/machines", TYPE, Files.readAllBytes(file));
            assertThat(made.status()).as("%s: %s", name, made).isEqualTo(201);
            client.delete("/v1/machines/" + made.text("/id"));
        }
    }

    private void write() throws IOException {
        Files.createDirectories(FOLDER);
        for (Map.Entry<String, String> each : machines().entrySet()) {
            Path file = FOLDER.resolve(each.getKey() + ".faultline");
            if (!Files.exists(file)) {
                String machine = client.machine(each.getValue());
                live(machine, each.getKey());
                Files.writeString(file, client.get(machine + "/export").expect(200).text());
                client.delete(machine);
            }
        }
    }

    @Test
    void everyKindOfCommandOccurs() throws IOException {
        Set<String> seen = new TreeSet<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            List<Path> all = files.toList();
            assertThat(all).hasSizeGreaterThan(30);
            for (Path file : all) {
                Files.readString(file, StandardCharsets.UTF_8)
                        .lines()
                        .map(Answer::json)
                        .forEach(
                                line ->
                                        line.path("commands")
                                                .forEach(
                                                        command ->
                                                                seen.add(
                                                                        command.get("command")
                                                                                .asString())));
            }
        }
        Set<String> kinds =
                Arrays.stream(Command.class.getPermittedSubclasses())
                        .map(kind -> kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-"))
                        .map(kind -> kind.toLowerCase(Locale.ROOT))
                        .filter(kind -> !NOT_ASKED_FOR.contains(kind))
                        .collect(Collectors.toCollection(TreeSet::new));
        assertThat(seen).containsAll(kinds).contains("reset", "rewind");
    }
}
