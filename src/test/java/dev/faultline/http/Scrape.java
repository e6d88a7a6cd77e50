package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;

/** A scrape: samples by name and labels, as they stand in it. */
record Scrape(Map<String, Double> samples) {

    /** What the server tells Prometheus at a path. */
    static Scrape of(Client client, String path) {
        Answer answer = client.get(path).expect(200);
        assertThat(answer.mediaType()).isEqualTo("text/plain");
        Map<String, Double> samples = new TreeMap<>();
        answer.text()
                .lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .forEach(
                        line -> {
                            int space = line.lastIndexOf(' ');
                            samples.put(
                                    line.substring(0, space),
                                    Double.valueOf(line.substring(space + 1)));
                        });
        return new Scrape(samples);
    }

    /** The counters of machines. */
    Map<String, Double> counts() {
        Map<String, Double> counts = new TreeMap<>(samples);
        counts.keySet()
                .removeIf(name -> !name.startsWith("faultline_") || !name.contains("_total"));
        return counts;
    }
}
