package dev.faultline.api.web;

import io.swagger.v3.oas.annotations.media.Schema;

import org.springframework.core.convert.converter.Converter;
import org.springframework.stereotype.Component;

/** An address as a client writes it: a JSON integer, or hexadecimal digits after {@code 0x}. */
@Schema(
        name = "Address",
        description = "A byte address: an integer, or hexadecimal as \"0x6004\".",
        oneOf = {Long.class, String.class},
        example = "0x6004")
public record Address(long value) {

    /** Reads {@code 0x…} or decimal text. Raises {@link IllegalArgumentException} with a reason. */
    public static Address parse(String text) {
        if (text.matches("0x[0-9a-fA-F]{1,16}")) {
            long value = Long.parseUnsignedLong(text.substring(2), 16);
            if (value >= 0) {
                return new Address(value);
            }
        } else if (text.matches("0|[1-9][0-9]{0,17}")) {
            return new Address(Long.parseLong(text));
        }
        String shown = text.length() <= 40 ? text : text.substring(0, 40) + "…";
        throw new IllegalArgumentException(
                "'" + shown + "' is no address; write an integer or 0x and hexadecimal digits");
    }

    /** The form in which all addresses leave the server. */
    public static String format(long address) {
        return "0x" + Long.toHexString(address);
    }

    /** Reads an address in a query parameter. */
    @Component
    static class FromParameter implements Converter<String, Address> {
        @Override
        public Address convert(String text) {
            return parse(text);
        }
    }
}
