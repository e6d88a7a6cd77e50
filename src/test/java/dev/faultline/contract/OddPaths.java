package dev.faultline.contract;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.SplittableRandom;

/** Values of parameters that the document does not allow. */
final class OddPaths {

    private static final String[] VALUES = {
        "-1",
        "0",
        "1.5",
        "x",
        "99999999999999999999",
        "%00",
        "0x",
        "TRUE",
        "%2e%2e",
        "~",
        "1e3",
        "x".repeat(300),
        "+1",
        "%20"
    };

    private OddPaths() {}

    /** Whether an odd name in a path may stand for something after all. */
    static boolean mayBe(String parameter, String path) {
        // a name of one dot is dropped, and what is left may be another path that is there
        return path.contains("%2e") || parameter.equals("name") && !path.contains("%");
    }

    /** A text that the schema of a parameter does not allow; null if none was found. */
    static @Nullable String value(Contract contract, JsonNode schema, SplittableRandom random) {
        for (int i = 0; i < 10; i++) {
            String value = VALUES[random.nextInt(VALUES.length)];
            if (!isValid(contract, schema, value)) {
                return value;
            }
        }
        return null;
    }

    /** Whether the document says which texts a parameter may be. */
    static boolean isBounded(JsonNode parameter) {
        return parameter.path("schema").has("pattern");
    }

    static boolean isValid(Contract contract, JsonNode schema, String value) {
        if (contract.isValid(schema, Aim.text(value))) {
            return true;
        }
        boolean whole = value.matches("[+-]?[0-9]{1,18}");
        return whole && contract.isValid(schema, Aim.number(Long.parseLong(value)));
    }
}
