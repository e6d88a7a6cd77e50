package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;

/** Can a list be read in parts, each element once and in the order of the whole? */
class ListPartsTest extends HttpTest {

    private List<String> inParts(String path, String list, String name) {
        List<String> found = new ArrayList<>();
        Answer part = client.get(path + "?limit=2").expect(200);
        while (true) {
            assertThat(part.at("/" + list).size()).isBetween(1, 2);
            part.at("/" + list).forEach(each -> found.add(each.at("/" + name).stringValue()));
            if (part.at("/nextCursor").isNull()) {
                return found;
            }
            String cursor = part.text("/nextCursor");
            part = client.get(path + "?limit=2&cursor=" + cursor).expect(200);
        }
    }

    @Test
    void groups() {
        String machine = client.machine("{}");
        for (String name : List.of("c", "a", "e", "b", "d")) {
            client.put(machine + "/groups/" + name, "{'limit': 4}").expect(200);
        }
        assertThat(inParts(machine + "/groups", "groups", "name"))
                .containsExactly("c", "a", "e", "b", "d");
        client.get(machine + "/groups?cursor=x").expectProblem(400, "INVALID_PARAMETER");
    }

    @Test
    void operations() {
        List<String> begun = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            Answer sweep =
                    client.post("/v1/sweeps", "{'pages': [1, 2, 3]}", "Prefer", "respond-async");
            begun.addFirst(sweep.expect(202).text("/id"));
        }
        assertThat(inParts("/v1/operations", "operations", "id"))
                .startsWith(begun.toArray(String[]::new));
        client.get("/v1/operations?cursor=x").expectProblem(400, "INVALID_PARAMETER");
    }
}
