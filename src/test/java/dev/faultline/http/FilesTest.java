package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.nio.charset.StandardCharsets.US_ASCII;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import tools.jackson.databind.JsonNode;

/** Files on a machine's disk: put, read, mapped, written back. Pages are of 64 bytes. */
class FilesTest extends HttpTest {

    private String machine = "";

    @BeforeEach
    void make() {
        machine = client.machine("{'frames': 8, 'pageSize': 64, 'addressBits': 16}");
        put("notes", "a".repeat(64) + "b".repeat(64) + "c".repeat(10), "rw-");
    }

    private Answer put(String name, String text, String protection) {
        String path = machine + "/files/" + name + "?protection=" + protection;
        return client.send("PUT", path, Client.BINARY, text.getBytes(US_ASCII));
    }

    private String file(String name) {
        return new String(client.get(machine + "/files/" + name).expect(200).body(), US_ASCII);
    }

    private static String area(String protection, String sharing) {
        return ("{'start': '0x1000', 'length': 256, 'protection': '%s', 'kind': 'file',"
                        + " 'file': 'notes', 'sharing': '%s'}")
                .formatted(protection, sharing);
    }

    private int process(String protection, String sharing) {
        String areas = "{'areas': [" + area(protection, sharing) + "], 'onSignal': 'continue'}";
        return (int) client.post(machine + "/processes", areas).expect(201).number("/pid");
    }

    private long read(int pid, String address) {
        return client.access(machine, pid, "read " + address).number("/results/0/value");
    }

    @Test
    void whatWasPutIsReadAsItIs() {
        byte[] bytes = new byte[1000];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 7);
        }
        String path = machine + "/files/random.bin";
        Answer made = client.send("PUT", path, Client.BINARY, bytes).expect(201);
        assertThat(made.number("/size")).isEqualTo(1000);
        assertThat(client.get(path).body()).isEqualTo(bytes);
        assertThat(client.send("PUT", path, Client.BINARY, new byte[0]).expect(200).number("/size"))
                .isZero();
        JsonNode files = client.get(machine + "/files").at("/files");
        assertThat(files.findValuesAsString("name")).containsExactly("notes", "random.bin");
        client.get(machine + "/files/nothing").expect(404);
    }

    @Test
    void aPageIsReadOnceAndSharedByAllWhoMapIt() {
        int first = process("r--", "private");
        int second = process("r--", "shared");
        Answer read = client.access(machine, first, "read 0x1040");
        assertThat(resolution(read)).isEqualTo("file-read");
        assertThat(read.at("/results/0/fault/major").asBoolean()).isTrue();
        assertThat(read.number("/results/0/value")).isEqualTo('b');
        Answer again = client.access(machine, second, "read 0x1040");
        assertThat(resolution(again)).isEqualTo("map");
        assertThat(again.at("/results/0/fault/major").asBoolean()).isFalse();
        JsonNode frame = client.get(machine + "/frames").at("/frames/0");
        assertThat(frame.get("use").asString()).isEqualTo("file");
        assertThat(frame.get("mappings").size()).isEqualTo(2);
        assertThat(client.get(machine + "/counters").number("/fileIns")).isEqualTo(1);
    }

    @Test
    void pagesOfAFileThatAreNotMappedSayThatTheyAreInIt() {
        int pid = process("r--", "private");
        client.access(machine, pid, "read 0x1040");
        JsonNode pages = client.get(machine + "/processes/" + pid + "/pages").at("/pages");
        assertThat(pages.findValuesAsString("state"))
                .containsExactly("file", "resident", "file"); // the fourth is past the end
    }

    @Test
    void pastTheEndIsSigbus() {
        int pid = process("rw-", "shared");
        assertThat(read(pid, "0x10bf")).isZero(); // the last page's bytes behind the end
        Answer past = client.access(machine, pid, "read 0x10c0");
        assertThat(past.text("/results/0/signal/code")).isEqualTo("BUS_ADRERR");
        assertThat(past.text("/results/0/fault/why")).contains("138 bytes");
    }

    @Test
    void aPrivateMappingWritesToACopyOfItsOwn() {
        int owner = process("rw-", "private");
        int other = process("r--", "shared");
        Answer write = client.access(machine, owner, "write 0x1000 1 120");
        assertThat(resolution(write)).isEqualTo("file-read");
        assertThat(write.at("/results/0/faults")).isEmpty(); // it met no other
        assertThat(read(owner, "0x1000")).isEqualTo('x');
        assertThat(read(other, "0x1000")).isEqualTo('a');
        assertThat(read(owner, "0x1040")).isEqualTo('b');
        assertThat(resolution(client.access(machine, owner, "write 0x1040 1 121")))
                .isEqualTo("cow-copy");
        client.post(machine + "/processes/" + owner + "/exit").expect(200);
        assertThat(file("notes")).startsWith("aaa");
        assertThat(client.get(machine + "/counters").number("/fileOuts")).isZero();
    }

    @Test
    void aSharedMappingIsWrittenBackBySyncUnmapAndEviction() {
        int pid = process("rw-", "shared");
        String area = machine + "/processes/" + pid + "/areas/0x1000";
        client.access(machine, pid, "write 0x1000 1 120");
        assertThat(file("notes")).startsWith("aaa");
        client.post(area + "/sync").expect(200);
        assertThat(file("notes")).startsWith("xaa");
        client.post(area + "/sync").expect(200);
        assertThat(client.get(machine + "/counters").number("/fileOuts")).isEqualTo(1);

        client.access(machine, pid, "write 0x1001 1 121");
        client.delete(area).expect(204);
        assertThat(file("notes")).startsWith("xya");

        int again = process("rw-", "shared");
        client.access(machine, again, "write 0x1002 1 122");
        int large = (int) client.post(machine + "/processes").expect(201).number("/pid");
        for (int page = 0; page < 9; page++) {
            client.access(machine, large, "write 0x" + Integer.toHexString(64 * page));
        }
        assertThat(file("notes")).startsWith("xyz");
        assertThat(read(again, "0x1002")).isEqualTo('z');
    }

    @Test
    void whatIsWrittenBehindTheEndIsNotKept() {
        int pid = process("rw-", "shared");
        client.access(machine, pid, "write 0x10a0 1 120");
        client.delete(machine + "/processes/" + pid + "/areas/0x1000").expect(204);
        assertThat(file("notes")).hasSize(138).endsWith("c");
    }

    @Test
    void anotherFileOfTheNameIsSeenByAllWhoMapIt() {
        int pid = process("rw-", "shared");
        client.access(machine, pid, "write 0x1000 1 120", "read 0x1080");
        put("notes", "new", "rw-").expect(200);
        assertThat(read(pid, "0x1000")).isEqualTo('n');
        assertThat(client.access(machine, pid, "read 0x1080").text("/results/0/signal/code"))
                .isEqualTo("BUS_ADRERR");
        assertThat(file("notes")).isEqualTo("new");
    }

    @Test
    void aMappingMayNotAllowWhatTheFileForbids() {
        put("notes", "text", "r--").expect(200);
        String areas = "{'areas': [" + area("rw-", "shared") + "]}";
        Answer refused = client.post(machine + "/processes", areas).expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("EACCES");
        int pid = process("rw-", "private"); // writes to copies
        client.access(machine, pid, "write 0x1000 1 120");
        int reader = process("r--", "shared");
        String path = machine + "/processes/" + reader + "/areas/0x1000";
        Answer protect =
                client.send(
                        "PATCH", path, Client.JSON, "{\"protection\":\"rw-\"}".getBytes(US_ASCII));
        assertThat(protect.expect(200).text("/refused/error")).isEqualTo("EACCES");
    }

    @Test
    void aFileThatIsNotThereCannotBeMapped() {
        String areas = "{'areas': [" + area("r--", "shared").replace("notes", "none") + "]}";
        Answer refused = client.post(machine + "/processes", areas).expect(200);
        assertThat(refused.text("/refused/error")).isEqualTo("ENOENT");
    }

    @Test
    void adviceReadsAhead() {
        int pid = process("r--", "private");
        String area = machine + "/processes/" + pid + "/areas/0x1000";
        assertThat(client.get(area + "/mincore").at("/resident").toString())
                .isEqualTo("[false,false,false,false]");
        client.post(area + "/advise", "{'advice': 'willneed', 'length': 64}").expect(200);
        assertThat(client.get(area + "/mincore").at("/resident").toString())
                .isEqualTo("[true,false,false,false]");
        assertThat(resolution(client.access(machine, pid, "read 0x1000"))).isEqualTo("map");
        Answer advised = client.post(area + "/advise", "{'advice': 'sequential'}").expect(200);
        assertThat(advised.at("/flags").toString()).isEqualTo("[\"sequential\"]");
        assertThat(resolution(client.access(machine, pid, "read 0x1040"))).isEqualTo("file-read");
        assertThat(resolution(client.access(machine, pid, "read 0x1080"))).isEqualTo("map");
    }

    @Test
    void lockedPagesStay() {
        int pid = process("r--", "private");
        String area = machine + "/processes/" + pid + "/areas/0x1000";
        Answer locked = client.post(area + "/lock", "{'length': 128}").expect(200);
        assertThat(locked.at("/flags").toString()).isEqualTo("[\"locked\"]");
        int large = (int) client.post(machine + "/processes").expect(201).number("/pid");
        for (int page = 0; page < 20; page++) {
            client.access(machine, large, "write 0x" + Integer.toHexString(64 * page));
        }
        assertThat(client.get(area + "/mincore").at("/resident").toString())
                .isEqualTo("[true,true]");
        Answer most = client.post(machine + "/processes/" + large + "/areas/0x0/lock");
        assertThat(most.expect(200).text("/refused/error")).isEqualTo("ENOMEM");
        client.post(area + "/unlock").expect(200);
        for (int page = 0; page < 20; page++) {
            client.access(machine, large, "write 0x" + Integer.toHexString(64 * page));
        }
        assertThat(client.get(area + "/mincore").at("/resident").toString())
                .isEqualTo("[false,false,false,false]");
    }

    @Test
    void anAreaIsMovedWithItsBytes() {
        int pid = process("rw-", "private");
        client.access(machine, pid, "write 0x1000 1 120");
        String areas = machine + "/processes/" + pid + "/areas";
        client.post(areas, "{'start': '0x1100', 'length': 64, 'protection': 'r--'}").expect(201);
        String wish = "{'newLength': 512, 'mayMove': false}";
        assertThat(client.post(areas + "/0x1000/remap", wish).expect(200).text("/refused/error"))
                .isEqualTo("ENOMEM");
        Answer moved = client.post(areas + "/0x1000/remap", "{'newLength': 512}").expect(200);
        String start = moved.text("/start");
        assertThat(moved.number("/length")).isEqualTo(512);
        Answer read = client.access(machine, pid, "read " + start);
        assertThat(read.number("/results/0/value")).isEqualTo('x');
        assertThat(read.isNull("/results/0/fault")).isTrue();
        client.get(areas + "/0x1000").expect(404);
    }
}
