package dev.faultline.http;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong with a machine of a study is told where it stands in the study's body. */
class StudyPointersTest extends HttpTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'machine': {'frames': 0} | /machine/frames",
                "'machine': {'pageSize': 3} | /machine/pageSize",
                "'machine': {'addressBits': 63} | /machine/addressBits",
                "'machine': {'translation': {'kind': 'none'}} | /machine/translation/kind",
                "'machine': {'translation': {'levels': [9, 99]}} | /machine/translation/levels/1",
                "'machine': {'tlb': {'ways': 3}} | /machine/tlb/ways",
                "'machine': {'tlb': {'replacement': 'none'}} | /machine/tlb/replacement",
                "'machine': {'tlb': {'colour': 1}} | /machine/tlb/colour",
                "'machine': {'tlb': {'secondLevel': {}}} | /machine/tlb/secondLevel/entries",
                "'machine': {'replacement': {'policy': 'none'}} | /machine/replacement/policy",
                "'machine': {'replacement': {'order': 'none'}} | /machine/replacement/order",
                "'machine': {'random': {'numbers': [1, -1]}} | /machine/random/numbers/1",
                "'machine': {'swap': {'reservation': 'none'}} | /machine/swap/reservation",
                "'machine': {'costs': {'trap': -1}} | /machine/costs/trap",
                "'machine': {'costs': {'preset': 'none'}} | /machine/costs/preset",
                "'machine': {'limits': {'events': 0}} | /machine/limits/events",
                "'machine': {'cpus': 65} | /machine/cpus",
                "'machine': {'scheduler': {'quantum': 0}} | /machine/scheduler/quantum",
                "'machine': {'reclaim': {'low': 9}} | /machine/reclaim/low",
                "'machine': {'readAhead': {'swap': 0}} | /machine/readAhead/swap",
                "'machine': {'disk': {'blockSize': 3}} | /machine/disk/blockSize",
                "'machine': {'preset': 'lecture-16'} | /machine/preset",
                "'machine': {'id': 'm1'} | /machine/id",
                "'machine': {'frame': 1} | /machine/frame"
            })
    void aStudysMachine(String machine, String pointer) {
        client.post("/v1/sweeps", "{'pages': [1], " + machine + "}").expectBadField(pointer);
        client.post("/v1/experiments/multiprogramming", "{" + machine + "}")
                .expectBadField(pointer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'policies': [null] | /policies/0",
                "'policies': ['lru', null] | /policies/1",
                "'policies': [7] | /policies/0",
                "'policies': ['lru', 'none'] | /policies/1",
                "'policies': [{'policy': 'none'}] | /policies/0/policy",
                "'policies': ['lru', {'policy': 'lru-k', 'k': 9}] | /policies/1/k",
                "'policies': [{'order': 'none'}] | /policies/0/order",
                "'policies': [{'policy': 'arc'}], 'machine': {'replacement': {'scope': 'local'}}"
                        + " | /machine/replacement/scope",
                "'frames': [1, 0] | /frames/1",
                "'tlbs': [null, {'entries': 0}] | /tlbs/1/entries",
                "'tlbs': [{'ways': 3}] | /tlbs/0/ways",
                "'tlbs': [null, {'management': 'none'}] | /tlbs/1/management",
                "'tlbs': [{'secondLevel': {'entries': 0}}] | /tlbs/0/secondLevel/entries",
                "'tlbs': [7] | /tlbs/0",
                "'policies': ['fifo'], 'machine': {'limits': {'areas': 0}} | /machine/limits/areas"
            })
    void whatASweepLists(String lists, String pointer) {
        client.post("/v1/sweeps", "{'pages': [1], " + lists + "}").expectBadField(pointer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'frames': [9, 0] | /frames/1",
                "'quanta': [9, 0] | /quanta/1",
                "'diskTicks': [-1] | /diskTicks/0",
                "'pageSizes': [64, 65] | /pageSizes/1",
                "'loadControls': ['none', 'all'] | /loadControls/1",
                "'loadControls': [null] | /loadControls/0",
                "'degrees': [1, null] | /degrees/1",
                "'program': {'kind': 'none'} | /program/kind",
                "'program': {'kind': 'loop', 'pages': 1, 'bytes': 1} | /program/pages",
                "'program': {'kind': 'loop', 'bytes': 1} | /program",
                "'machine': {'replacement': {'policy': 'optimal'}} | /machine/replacement/policy"
            })
    void whatAnExperimentLists(String lists, String pointer) {
        client.post("/v1/experiments/multiprogramming", "{" + lists + "}").expectBadField(pointer);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "'levels': [9, 99] | /levels/1",
                "'levels': [9], 'addressBits': 40 | /levels",
                "'buckets': 0 | /buckets",
                "'pageSize': 3 | /pageSize",
                "'addressBits': 3 | /addressBits",
                "'areas': [null] | /areas/0"
            })
    void aComparison(String fields, String pointer) {
        client.post("/v1/comparisons/page-tables", "{" + fields + "}").expectBadField(pointer);
    }

    @Test
    void combinationsAreCountedBeforeTheyAreMade() {
        String numbers = "1" + ",1".repeat(199);
        client.post(
                        "/v1/experiments/multiprogramming",
                        "{'frames': [%1$s], 'quanta': [%1$s], 'diskTicks': [%1$s]}"
                                .formatted(numbers))
                .expectProblem(413, "SWEEP_TOO_LARGE");
        String policies = "'lru'" + ",'lru'".repeat(99);
        String tlbs = "null" + ",null".repeat(99);
        client.post(
                        "/v1/sweeps",
                        "{'pages': [1], 'policies': [%s], 'frames': [%s], 'tlbs': [%s]}"
                                .formatted(policies, numbers, tlbs))
                .expectProblem(413, "SWEEP_TOO_LARGE");
    }
}
