package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Comparisons that need no machine. */
class ComparisonsTest extends HttpTest {

    private static final String PATH = "/v1/comparisons/page-tables";

    private static long bytes(Answer answer, String kind) {
        for (var table : answer.at("/tables")) {
            if (table.get("kind").asString().equals(kind)) {
                return table.get("bytes").asLong();
            }
        }
        throw new AssertionError("no " + kind + " in " + answer);
    }

    /** 32 bits, a page of code and two of stack: sizes by hand, at 8 bytes an entry. */
    @Test
    void everyKindForTheSamePages() {
        Answer answer =
                client.post(
                                PATH,
                                "{'levels': [10, 10], 'areas': [{'start': '0x400000', 'length':"
                                        + " 100}, {'start': '0xffffe000', 'length': 8192}]}")
                        .expect(200);
        assertThat(answer.number("/pages")).isEqualTo(3);
        assertThat(answer.number("/addressBits")).isEqualTo(32);
        assertThat(bytes(answer, "linear")).isEqualTo(8L << 20);
        assertThat(bytes(answer, "hierarchical")).isEqualTo(3 * 8192);
        assertThat(bytes(answer, "hashed")).isEqualTo(64 * 8 + 3 * 24);
        assertThat(bytes(answer, "inverted")).isEqualTo(64 * 8 + 64 * 24);
        assertThat(answer.at("/tables/1/referencesPerWalk").asDouble()).isEqualTo(2);
    }

    @Test
    void aSpaceOfSixtyTwoBitsCostsWhatIsMapped() {
        Answer answer =
                client.post(
                                PATH,
                                "{'addressBits': 62, 'buckets': 8, 'addresses': ['0x0',"
                                        + " '0x3fffffffffffffff', '0x2000000000000000', '0x10']}")
                        .expect(200);
        assertThat(answer.number("/pages")).isEqualTo(3);
        assertThat(answer.at("/tables").size()).isEqualTo(3); // a linear table cannot be had
        assertThat(bytes(answer, "hierarchical")).isLessThan(200_000);
        assertThat(bytes(answer, "hashed")).isEqualTo(8 * 8 + 3 * 24);
    }

    /** Twenty thousand pages 4 GiB apart: a table of four levels would take 160 MB. */
    @Test
    void pagesTooFarApartAreRefused() {
        StringBuilder addresses = new StringBuilder();
        for (long page = 0; page < 20_000; page++) {
            addresses.append(page == 0 ? "" : ",").append("'0x");
            addresses.append(Long.toHexString(page << 32)).append('\'');
        }
        Answer refused = client.post(PATH, "{'addresses': [" + addresses + "]}").expect(400);
        assertThat(refused.text("/errors/0/pointer")).isEqualTo("/addresses");
        assertThat(refused.text("/errors/0/detail")).contains("compare fewer");
    }

    /** A chain of half a million elements for each look: minutes, if anybody waited for them. */
    @Test
    void aLongComparisonGoesOnBehindTheAnswerAndCanBeCancelled() throws InterruptedException {
        Answer accepted =
                client.post(PATH, "{'buckets': 1, 'areas': [{'start': 0, 'length': 4000000000}]}")
                        .expect(202);
        String operation = String.valueOf(accepted.header("Location"));
        client.post(operation + "/cancel").expect(200);
        Answer ended = ended(operation);
        assertThat(ended.text("/state")).isEqualTo("cancelled");
        assertThat(ended.number("/progress/done")).isLessThan(ended.number("/progress/total"));
    }

    @Test
    void whoWouldRatherNotWaitGetsTheSameComparison() throws InterruptedException {
        String body = "{'levels': [10, 10], 'areas': [{'start': '0x400000', 'length': 9000}]}";
        Answer waited = client.post(PATH, body).expect(200);
        Answer accepted = client.post(PATH, body, "Prefer", "respond-async").expect(202);
        Answer ended = ended(String.valueOf(accepted.header("Location")));
        assertThat(ended.text("/state")).isEqualTo("done");
        assertThat(ended.at("/result")).isEqualTo(waited.json());
    }

    private Answer ended(String operation) throws InterruptedException {
        Answer shown = client.get(operation).expect(200);
        for (int i = 0; i < 400 && shown.text("/state").equals("running"); i++) {
            Thread.sleep(20);
            shown = client.get(operation).expect(200);
        }
        return shown;
    }

    @Test
    void whatCannotBeComparedIsNamed() {
        Answer large =
                client.post(PATH, "{'areas': [{'start': 0, 'length': 281474976710656}]}")
                        .expect(400);
        assertThat(large.text("/errors/0/pointer")).isEqualTo("/areas/0");
        Answer beyond =
                client.post(PATH, "{'addressBits': 16, 'addresses': ['0x10000']}").expect(400);
        assertThat(beyond.text("/errors/0/pointer")).isEqualTo("/addresses/0");
        client.post(PATH, "{'levels': [9, null]}").expect(400);
        client.post(PATH, "{'buckets': 0}").expect(400);
        assertThat(client.post(PATH, "{}").expect(200).number("/pages")).isZero();
    }
}
