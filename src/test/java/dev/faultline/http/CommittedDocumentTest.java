package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Is the committed OpenAPI document the one that is served? A change of it shows in review. {@code
 * ./mvnw test -Dtest=CommittedDocumentTest -Dopenapi.write} renews it.
 */
class CommittedDocumentTest extends HttpTest {

    private static final Path COMMITTED = Path.of("docs/openapi.json");

    @Test
    void theCommittedDocumentIsTheServedOne() throws IOException {
        String served = pretty(client.get("/v3/api-docs").expect(200));
        if (System.getProperty("openapi.write") != null) {
            Files.writeString(COMMITTED, served);
        }
        assertThat(Files.readString(COMMITTED))
                .as(
                        "docs/openapi.json differs; if that is meant, renew it: ./mvnw test"
                                + " -Dtest=CommittedDocumentTest -Dopenapi.write")
                .isEqualTo(served);
    }

    private static String pretty(Answer answer) {
        DefaultIndenter lines = new DefaultIndenter("  ", "\n");
        return Answer.MAPPER
                        .writer()
                        .with(
                                new DefaultPrettyPrinter()
                                        .withObjectIndenter(lines)
                                        .withArrayIndenter(lines))
                        .writeValueAsString(answer.json())
                + "\n";
    }
}
