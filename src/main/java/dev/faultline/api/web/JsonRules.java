package dev.faultline.api.web;

import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;

import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.io.SerializedString;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.deser.jdk.StringDeserializer;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.ser.std.StdSerializer;
import tools.jackson.databind.type.LogicalType;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Makes JSON bodies strict: nothing unknown, nothing twice, nothing turned into what it is not. */
@Configuration
class JsonRules {

    @Bean
    JsonMapperBuilderCustomizer strictJson() {
        return builder -> {
            builder.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .withCoercionConfigDefaults(config -> config.setAcceptBlankAsEmpty(false))
                    .withCoercionConfig(
                            LogicalType.Textual,
                            config -> {
                                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                            })
                    .addModule(
                            new SimpleModule()
                                    .addDeserializer(Address.class, new AddressReader())
                                    .addDeserializer(String.class, new TextReader())
                                    .addSerializer(Counters.class, new CountersWriter()));
        };
    }

    /** Writes the common counters by their names. */
    private static final class CountersWriter extends StdSerializer<Counters> {

        private static final Counter[] COUNTERS = Counter.common().toArray(Counter[]::new);
        private static final SerializedString[] NAMES =
                Arrays.stream(COUNTERS)
                        .map(counter -> new SerializedString(counter.key()))
                        .toArray(SerializedString[]::new);

        CountersWriter() {
            super(Counters.class);
        }

        @Override
        public void serialize(Counters counters, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            for (int i = 0; i < COUNTERS.length; i++) {
                out.writeName(NAMES[i]);
                out.writeNumber(counters.get(COUNTERS[i]));
            }
            out.writeEndObject();
        }
    }

    /** Reads a string, unless it has half of a character: nobody could write it out again. */
    private static final class TextReader extends StringDeserializer {

        @Override
        public String deserialize(JsonParser parser, DeserializationContext context) {
            String text = super.deserialize(parser, context);
            return text == null || StandardCharsets.UTF_8.newEncoder().canEncode(text)
                    ? text
                    : (String)
                            context.handleWeirdStringValue(
                                    String.class, text, "a surrogate stands alone");
        }
    }

    /** Reads an address from an integer or a string. */
    private static final class AddressReader extends StdDeserializer<Address> {

        AddressReader() {
            super(Address.class);
        }

        @Override
        public Address deserialize(JsonParser parser, DeserializationContext context) {
            try {
                if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
                    String digits = parser.getString();
                    return Address.parse(digits);
                }
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    String text = parser.getString();
                    if (text.startsWith("0x")) {
                        return Address.parse(text);
                    }
                }
            } catch (IllegalArgumentException e) {
                return (Address)
                        context.handleWeirdStringValue(
                                Address.class, parser.getString(), e.getMessage());
            }
            return (Address)
                    context.reportInputMismatch(
                            Address.class,
                            "an address is an integer or a string of 0x and hexadecimal digits");
        }
    }
}
