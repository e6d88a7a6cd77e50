package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** However a trace is sent, the machine ends in the same state, with the same events and counts. */
@Tag("slow")
class OneEngineTest extends HttpTest {

    private static final String MACHINE =
            "{'frames': 5, 'pageSize': 256, 'addressBits': 14, 'tlb': {'entries': 4, 'ways': 2},"
                    + " 'swap': {'slots': 40}}";
    private static final int LENGTH = 600;

    private static final List<String> OPS = List.of("read", "write", "execute");

    /** An access of a random trace; {@code value} is what a write stores. */
    private record Access(int op, long address, int size, long value) {

        boolean isWrite() {
            return op == 1;
        }

        String plain() {
            return "{'op': '%s', 'address': %d}".formatted(OPS.get(op), address);
        }

        String full() {
            return "{'op': '%s', 'address': %d, 'size': %d%s}"
                    .formatted(OPS.get(op), address, size, isWrite() ? ", 'value': " + value : "");
        }
    }

    private static List<Access> random(int seed) {
        Random random = new Random(seed);
        List<Access> accesses = new ArrayList<>();
        for (int i = 0; i < LENGTH; i++) {
            long address = random.nextInt(8) == 0 ? random.nextInt(16_000) : random.nextInt(3000);
            int size = 1 << random.nextInt(4);
            accesses.add(
                    new Access(
                            random.nextInt(3),
                            address,
                            size,
                            random.nextInt(1 << 8 * Math.min(size, 2))));
        }
        return accesses;
    }

    @Test
    void oneTraceSentInFourWaysGivesOneDigest() {
        List<Access> accesses = random(1);
        List<String> objects = accesses.stream().map(Access::plain).toList();
        ByteBuffer words = ByteBuffer.allocate(8 * LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        accesses.forEach(access -> words.putLong((long) access.op << 62 | access.address));
        String binary = client.machineWithProcess(MACHINE);
        client.send("POST", binary + "/processes/1/trace", Client.BINARY, words.array())
                .expect(200);
        String digest = client.digest(binary);
        assertThat(lines(objects)).isEqualTo(digest);
        assertThat(batches(objects, 100)).isEqualTo(digest);
        assertThat(batches(objects, 1)).isEqualTo(digest);
        assertThat(client.get(binary + "/counters").number("/evictions")).isGreaterThan(100);
    }

    @Test
    void soDoesOneWithSizesAndValues() {
        List<String> objects = random(2).stream().map(Access::full).toList();
        String digest = lines(objects);
        assertThat(batches(objects, 100)).isEqualTo(digest);
        assertThat(batches(objects, 1)).isEqualTo(digest);
    }

    @Test
    void soDoesOneOfTheWholeMachine() {
        List<Access> accesses = random(3);
        String whole = client.machineWithProcess(MACHINE);
        String byProcess = client.machineWithProcess(MACHINE);
        client.post(whole + "/processes").expect(201);
        client.post(byProcess + "/processes").expect(201);
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < LENGTH; i++) {
            int pid = 1 + i / 7 % 2;
            String object = accesses.get(i).full();
            lines.append(object.replace("{", "{'pid': " + pid + ", ")).append('\n');
            client.post(
                            byProcess + "/processes/" + pid + "/accesses",
                            "{'accesses': [" + object + "]}")
                    .expect(200);
        }
        client.postText(whole + "/trace", Client.NDJSON, lines.toString().replace('\'', '"'))
                .expect(200);
        assertThat(client.digest(whole)).isEqualTo(client.digest(byProcess));
    }

    private String lines(List<String> objects) {
        String machine = client.machineWithProcess(MACHINE);
        byte[] text = String.join("\n", objects).replace('\'', '"').getBytes(UTF_8);
        client.send("POST", machine + "/processes/1/trace", Client.NDJSON, text).expect(200);
        return client.digest(machine);
    }

    private String batches(List<String> objects, int size) {
        String machine = client.machineWithProcess(MACHINE);
        for (int i = 0; i < LENGTH; i += size) {
            String batch = String.join(", ", objects.subList(i, i + size));
            client.post(machine + "/processes/1/accesses", "{'accesses': [" + batch + "]}")
                    .expect(200);
        }
        return client.digest(machine);
    }
}
