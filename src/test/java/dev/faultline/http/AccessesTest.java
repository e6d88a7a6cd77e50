package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.Collections;

/** Single accesses and batches, and how they are explained. */
class AccessesTest extends HttpTest {

    @Test
    void theLecturesExampleIsExplained() {
        String machine = client.machine("{'preset': 'lecture-16'}");
        client.access(machine, "write 0x4000");
        Answer answer = client.access(machine, "read 0x6004", "write 0x6004 4 7");
        assertThat(answer.at("/results/0"))
                .isEqualTo(
                        Answer.json(
                                "{'address':'0x6004','fault':"
                                        + fault()
                                        + ",'faults':[],'frame':3,'offset':4,'op':'read','page':6,'parts':[],"
                                        + "'physicalAddress':'0x3004','signal':null,'ticks':16000300,"
                                        + "'tlb':'miss','value':0}"));
        assertThat(answer.isNull("/results/1/fault")).isTrue();
        assertThat(answer.text("/results/1/tlb")).isEqualTo("hit");
        assertThat(answer.number("/results/1/value")).isEqualTo(7);
        assertThat(answer.number("/counters/accesses")).isEqualTo(2);
        assertThat(answer.number("/counters/pageFaults")).isEqualTo(1);
        assertThat(answer.number("/counters/majorFaults")).isEqualTo(1);
        assertThat(answer.isNull("/stopped")).isTrue();
        assertThat(answer.number("/version")).isEqualTo(answer.version()).isEqualTo(3);
    }

    private static String fault() {
        return "{'evicted':{'dirty':true,'frame':3,'mappings':[{'page':4,'pid':1}],"
                + "'writtenBack':true},'major':true,'resolution':'swap-in','type':'page',"
                + "'why':null,'choice':{'rule':'the first page from the hand on that was not"
                + " referenced; others are cleared','candidates':["
                + candidate(3, true)
                + ","
                + candidate(0, true)
                + ","
                + candidate(1, true)
                + ","
                + candidate(2, true)
                + ","
                + candidate(3, false)
                + "],'handBefore':3,'handAfter':0}}";
    }

    /** The hand goes round once and clears every bit. */
    private static String candidate(int frame, boolean referenced) {
        return "{'frame':%d,'evictable':true,'referenced':%s,'dirty':null,'remembered':null,'cleared':%s}"
                .formatted(frame, referenced, referenced);
    }

    /** One fault is in fault; faults is for those that met several. */
    @Test
    void faultsAreListedIfThereAreSeveral() {
        String machine = client.machineWithProcess("{'frames': 8}");
        Answer one = client.access(machine, "read 0x1000", "read 0x1000", "read 0x2fff 2");
        assertThat(one.at("/results/0/faults").size()).isZero();
        assertThat(one.text("/results/0/fault/resolution")).isEqualTo("zero-fill");
        assertThat(one.at("/results/1/faults").size()).isZero();
        assertThat(one.at("/results/2/faults").size()).isEqualTo(2);
        assertThat(one.at("/results/2/parts/0/faults").size()).isZero();
        assertThat(one.text("/results/2/parts/0/fault/resolution")).isEqualTo("zero-fill");
    }

    @Test
    void resultsCanBeLeftOut() {
        String full = client.machineWithProcess("{'frames': 2}");
        String brief = client.machineWithProcess("{'frames': 2}");
        String batch = Client.batch("write 0x1000", "write 0x2000", "write 0x3000", "read 0x1000");
        Answer all = client.post(full + "/processes/1/accesses", batch).expect(200);
        for (String prefer :
                new String[] {"return=minimal", "respond-async, return=\"minimal\"; foo"}) {
            Answer less =
                    client.post(brief + "/processes/1/accesses", batch, "Prefer", prefer)
                            .expect(200);
            assertThat(less.at("/results").size()).isZero();
            assertThat(less.header("Preference-Applied")).isEqualTo("return=minimal");
            if (less.number("/version") == all.number("/version")) {
                assertThat(less.at("/counters")).isEqualTo(all.at("/counters"));
                assertThat(client.digest(brief)).isEqualTo(client.digest(full));
            }
        }
        Answer other =
                client.post(
                                full + "/processes/1/accesses",
                                batch,
                                "Prefer",
                                "return=representation")
                        .expect(200);
        assertThat(other.at("/results").size()).isEqualTo(4);
    }

    @Test
    void aCleanVictimIsNotWrittenBack() {
        String machine = client.machine("{'preset': 'lecture-16'}");
        Answer answer = client.access(machine, "read 0x2004", "read 0x6000");
        assertThat(answer.isNull("/results/0/fault")).isTrue();
        assertThat(answer.number("/results/0/frame")).isEqualTo(1);
        assertThat(answer.at("/results/1/fault/evicted/dirty").asBoolean()).isFalse();
        assertThat(answer.at("/results/1/fault/evicted/writtenBack").asBoolean()).isFalse();
        assertThat(answer.number("/results/1/value")).isEqualTo(6);
        assertThat(answer.number("/counters/swapOuts")).isZero();
    }

    @Test
    void addressesAreTakenAsIntegersOrHexAndGivenAsHex() {
        String machine = client.machineWithProcess("{}");
        String body =
                "{'accesses': [{'op': 'read', 'address': 24580},"
                        + " {'op': 'read', 'address': '0x6004'},"
                        + " {'op': 'execute', 'address': '0x6A'}]}";
        Answer answer = client.post(machine + "/processes/1/accesses", body).expect(200);
        assertThat(answer.text("/results/0/address")).isEqualTo("0x6004");
        assertThat(answer.text("/results/1/address")).isEqualTo("0x6004");
        assertThat(answer.text("/results/2/address")).isEqualTo("0x6a");
        assertThat(answer.number("/results/0/page")).isEqualTo(6);
        assertThat(answer.number("/results/0/offset")).isEqualTo(4);
    }

    @Test
    void anAccessThatCrossesAPageShowsItsParts() {
        String machine = client.machineWithProcess("{}");
        client.access(machine, "write 0x1ffc 8 18446744073709551615");
        client.access(machine, "write 0x1ffd 4 67305985");
        Answer answer = client.access(machine, "read 0x1ffd 4", "read 0x1ffc 8");
        assertThat(answer.number("/results/0/value")).isEqualTo(67305985);
        assertThat(answer.at("/results/0/parts").size()).isEqualTo(2);
        assertThat(answer.text("/results/0/parts/0/address")).isEqualTo("0x1ffd");
        assertThat(answer.number("/results/0/parts/0/value")).isEqualTo(0x030201);
        assertThat(answer.text("/results/0/parts/1/address")).isEqualTo("0x2000");
        assertThat(answer.number("/results/0/parts/1/value")).isEqualTo(4);
        assertThat(answer.text("/results/1/value")).isEqualTo("18446742991428256255");
        assertThat(answer.number("/counters/accesses")).isEqualTo(4);
    }

    @Test
    void bothPiecesOfACrossingAccessFaultByThemselves() {
        String machine = client.machineWithProcess("{}");
        Answer answer = client.access(machine, "read 0x1fff 2");
        assertThat(answer.at("/results/0/faults").size()).isEqualTo(2);
        assertThat(answer.number("/results/0/parts/0/frame")).isZero();
        assertThat(answer.number("/results/0/parts/1/frame")).isEqualTo(1);
        assertThat(answer.number("/results/0/ticks"))
                .isEqualTo(
                        answer.number("/results/0/parts/0/ticks")
                                + answer.number("/results/0/parts/1/ticks"));
        assertThat(answer.number("/counters/pageFaults")).isEqualTo(2);
    }

    @Test
    void aValueSurvivesItsEviction() {
        String machine = client.machineWithProcess("{'frames': 2}");
        client.access(machine, "write 0x10f8 8 18446744073709551614", "write 0x2000 2 515");
        Answer evicting = client.access(machine, "read 0x3000", "read 0x4000");
        assertThat(evicting.number("/counters/swapOuts")).isEqualTo(2);
        Answer back = client.access(machine, "read 0x10f8 8", "read 0x2001 1", "read 0x10f0 8");
        assertThat(back.text("/results/0/value")).isEqualTo("18446744073709551614");
        assertThat(back.text("/results/0/fault/resolution")).isEqualTo("swap-in");
        assertThat(back.number("/results/1/value")).isEqualTo(2);
        assertThat(back.number("/results/2/value")).isZero();
    }

    @Test
    void anAccessOutsideOfAllAreasEndsTheProcess() {
        String machine = client.machine("{}");
        String areas = "{'areas': [{'start': '0x8000', 'length': 4096, 'protection': 'r--'}]}";
        client.post(machine + "/processes", areas).expect(201);
        Answer answer = client.access(machine, "read 0x8000", "read 0x9000", "read 0x8000");
        assertThat(answer.at("/results").size()).isEqualTo(2);
        assertThat(answer.at("/results/1/signal"))
                .isEqualTo(
                        Answer.json("{'address':'0x9000','code':'SEGV_MAPERR','name':'SIGSEGV'}"));
        assertThat(answer.text("/results/1/fault/resolution")).isEqualTo("signal");
        assertThat(answer.isNull("/results/1/frame")).isTrue();
        assertThat(answer.isNull("/results/1/physicalAddress")).isTrue();
        assertThat(answer.isNull("/results/1/value")).isTrue();
        assertThat(answer.number("/stopped/at")).isEqualTo(1);
        assertThat(answer.text("/stopped/reason")).isEqualTo("signal");
        assertThat(answer.number("/counters/signals")).isEqualTo(1);
        assertThat(answer.number("/counters/mapErrors")).isEqualTo(1);
        assertThat(answer.number("/counters/pageFaults")).isEqualTo(1);
        Answer ended = client.get(machine + "/processes/1").expect(200);
        assertThat(ended.text("/state")).isEqualTo("terminated");
        assertThat(ended.at("/signal")).isEqualTo(answer.at("/results/1/signal"));
    }

    @ParameterizedTest
    @CsvSource({"r--, write", "r--, execute", "-w-, read", "--x, write", "---, read"})
    void anAccessThatItsAreaForbidsIsAnAccessError(String protection, String op) {
        String machine = client.machine("{}");
        String area = "{'start': 4096, 'length': 4096, 'protection': '" + protection + "'}";
        client.post(machine + "/processes", "{'areas': [" + area + "]}").expect(201);
        Answer answer = client.access(machine, op + " 0x1234");
        assertThat(answer.text("/results/0/signal/code")).isEqualTo("SEGV_ACCERR");
        assertThat(answer.text("/results/0/signal/address")).isEqualTo("0x1234");
        assertThat(answer.number("/counters/accessErrors")).isEqualTo(1);
    }

    @Test
    void aProcessMayGoOnAfterASignal() {
        String machine = client.machine("{}");
        client.post(machine + "/processes", "{'areas': [], 'onSignal': 'continue'}").expect(201);
        Answer answer = client.access(machine, "read 0x1000", "write 0x2000");
        assertThat(answer.at("/results").size()).isEqualTo(2);
        assertThat(answer.text("/results/0/signal/name")).isEqualTo("SIGSEGV");
        assertThat(answer.text("/results/1/signal/address")).isEqualTo("0x2000");
        assertThat(answer.isNull("/stopped")).isTrue();
        assertThat(client.get(machine + "/processes/1").text("/state")).isEqualTo("running");
    }

    @Test
    void memoryThatCannotBeHadIsABusError() {
        String machine =
                client.machineWithProcess(
                        "{'frames': 1, 'swap': {'slots': 0, 'outOfMemory': 'signal'}}");
        Answer answer = client.access(machine, "write 0x0", "read 0x1000");
        assertThat(answer.text("/results/1/signal/code")).isEqualTo("BUS_ADRERR");
        assertThat(answer.text("/results/1/signal/name")).isEqualTo("SIGBUS");
    }

    @Test
    void withoutATlbThereIsNoHitAndNoMiss() {
        String machine = client.machineWithProcess("{'tlb': null}");
        Answer answer = client.access(machine, "read 0x0", "read 0x0");
        assertThat(answer.isNull("/results/1/tlb")).isTrue();
        assertThat(answer.number("/counters/tlbHits")).isZero();
        assertThat(answer.number("/counters/tlbMisses")).isZero();
    }

    @Test
    void tenThousandAccessesFitABatch() {
        String machine = client.machineWithProcess("{}");
        String access = "{'op': 'write', 'address': '0xffffffffffff', 'size': 1, 'value': 255}";
        String body =
                "{'accesses': [" + String.join(",", Collections.nCopies(10_000, access)) + "]}";
        Answer answer = client.post(machine + "/processes/1/accesses", body).expect(200);
        assertThat(answer.at("/results").size()).isEqualTo(10_000);
        assertThat(answer.number("/counters/writes")).isEqualTo(10_000);
    }

    @Test
    void aBatchThatIsTooLargeIsRefusedWhole() {
        String machine = client.machineWithProcess("{}");
        String access = "{'op': 'read', 'address': 0}";
        String body =
                "{'accesses': [" + String.join(",", Collections.nCopies(20_001, access)) + "]}";
        client.post(machine + "/processes/1/accesses", body).expectProblem(413, "BATCH_TOO_LARGE");
        assertThat(client.version(machine)).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{'op': 'read', 'address': 65536} | /address",
                "{'op': 'read', 'address': 65535, 'size': 2} | /address",
                "{'op': 'read', 'address': '0xffffffffffffffff'} | /address",
                "{'op': 'read', 'address': -1} | /address",
                "{'op': 'read', 'address': 1.0} | /address",
                "{'op': 'read', 'address': '16'} | /address",
                "{'op': 'read', 'address': '0xg'} | /address",
                "{'op': 'read', 'address': null} | /address",
                "{'op': 'read'} | /address",
                "{'address': 1} | /op",
                "{'op': 'READ', 'address': 1} | /op",
                "{'op': 1, 'address': 1} | /op",
                "{'op': 'read', 'address': 1, 'size': 3} | /size",
                "{'op': 'read', 'address': 1, 'size': 16} | /size",
                "{'op': 'read', 'address': 1, 'size': '1'} | /size",
                "{'op': 'read', 'address': 1, 'value': 1} | /value",
                "{'op': 'write', 'address': 1, 'value': 256} | /value",
                "{'op': 'write', 'address': 1, 'value': -1} | /value",
                "{'op': 'write', 'address': 1, 'size': 8, 'value': 18446744073709551616} | /value",
                "{'op': 'write', 'address': 1, 'value': '7'} | /value",
                "{'op': 'read', 'address': 1, 'pid': 1} | /pid",
                "{'op': 'read', 'address': 1, 'address': 1} | /address",
                "{'op': 'read', 'address': 1, 'colour': 1} | /colour",
                "7 | ''"
            })
    void aBadAccessIsNamedAndNothingOfTheBatchIsIssued(String access, String property) {
        String machine = client.machineWithProcess("{'addressBits': 16}");
        String good = "{'op': 'write', 'address': 0}";
        String body = "{'accesses': [" + good + ", " + access + ", " + good + "]}";
        client.post(machine + "/processes/1/accesses", body)
                .expectBadField("/accesses/1" + property);
        assertThat(client.version(machine)).isEqualTo(2);
        assertThat(client.get(machine + "/counters").number("/accesses")).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | /accesses",
                "{'accesses': {}} | /accesses",
                "{'accesses': null} | /accesses",
                "{'accesses': [], 'accesses': []} | /accesses",
                "{'accesses': [], 'more': 1} | /more",
                "[] | ''",
                "{'accesses': []} 1 | ''",
                "{'accesses': [ | ''",
                "'' | ''"
            })
    void aBadBatchIsNamed(String body, String pointer) {
        String machine = client.machineWithProcess("{}");
        client.post(machine + "/processes/1/accesses", body).expectBadField(pointer);
    }
}
