package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

import java.nio.charset.StandardCharsets;

/** Whatever the parser says of a text, is it told in plain words? */
class MalformedJsonTest {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    /** From bytes and from text, which two parsers read. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "[1,",
                "[1",
                "\"a",
                "{\"a\"",
                "{\"a\":",
                "[tru]",
                "[trueish]",
                "[1 2]",
                "{\"a\" 1}",
                "{1:2}",
                "{,}",
                "[,]",
                "[1,]",
                "[1}",
                "]",
                "[01]",
                "[-]",
                "[+1]",
                "[1.]",
                "[.1]",
                "[1e]",
                "[1e+]",
                "[-x]",
                "[NaN]",
                "[-Infinity]",
                "['a']",
                "[\"\\x\"]",
                "[\"\\u00g\"]",
                "[\"a\nb\"]",
                "\u0001",
                "/* */",
                "# x",
                "[1]]",
                "\u00e4",
                "[\u20ac]"
            })
    void isToldInPlainWords(String text) {
        for (Object form : new Object[] {text, text.getBytes(StandardCharsets.UTF_8)}) {
            JacksonException met =
                    catchThrowableOfType(JacksonException.class, () -> readWhole(form));
            assertThat(met).as(text).isNotNull();
            assertThat(MalformedJson.words(met))
                    .as("%s: %s", text, met.getOriginalMessage())
                    .matches("\\P{Cntrl}{8,90}")
                    .doesNotContain("it is no JSON", "xpect", "token", "(", "null", "%s");
        }
    }

    private static void readWhole(Object form) {
        try (var parser =
                form instanceof byte[] bytes
                        ? MAPPER.createParser(bytes)
                        : MAPPER.createParser((String) form)) {
            while (parser.nextToken() != null) {
                parser.currentToken();
            }
        }
    }
}
