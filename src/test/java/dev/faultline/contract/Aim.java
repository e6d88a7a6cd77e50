package dev.faultline.contract;

import dev.faultline.http.Answer;

import tools.jackson.databind.JsonNode;

/**
 * What a request is about, so that its numbers meet something: few pages, few processes.
 *
 * @param pageSize bytes of the machine's pages
 * @param addressBits bits of its addresses
 * @param frames its frames
 * @param cpus its CPUs
 */
record Aim(long pageSize, int addressBits, int frames, int cpus) {

    /** At a machine as {@link Setup} makes them. */
    static final Aim PLAIN = new Aim(4096, 16, 8, 1);

    static Aim at(Thing machine) {
        JsonNode shown = machine.shown();
        return shown.has("pageSize")
                ? new Aim(
                        shown.get("pageSize").asLong(),
                        shown.get("addressBits").asInt(),
                        shown.get("frames").asInt(),
                        shown.get("cpus").asInt())
                : PLAIN;
    }

    /** At the first page alone, as the kernel's mappings begin. */
    Aim onOnePage() {
        return new Aim(pageSize, Long.numberOfTrailingZeros(pageSize), frames, cpus);
    }

    long pages() {
        return Math.clamp((1L << addressBits) / pageSize, 1, 16);
    }

    static JsonNode number(long value) {
        return Answer.MAPPER.getNodeFactory().numberNode(value);
    }

    static JsonNode text(String value) {
        return Answer.MAPPER.getNodeFactory().stringNode(value);
    }
}
