package dev.faultline.api.history;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonParser;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.annotation.JsonDeserialize;

import java.util.List;

/** The lines of an exported machine; docs/history.md describes them. */
sealed interface ExportLine {

    /** The media type of an export. */
    String MEDIA_TYPE = "application/x-faultline";

    /** The form in which exports are written. */
    int FORM = 1;

    /**
     * The first line.
     *
     * @param faultline the form of the file
     * @param engine the rules by which the machine obeyed
     * @param packing how bytes are packed before they are written in base64: zstd or none
     * @param preset the preset that the machine was made from, or null
     * @param spec the machine's spec, as its representation shows it
     * @param oldestVersion the version that the first record follows
     * @param state the state of that version; null for a machine as it is made
     */
    record Head(
            int faultline,
            int engine,
            String packing,
            @Nullable String preset,
            JsonNode spec,
            long oldestVersion,
            @Nullable State state)
            implements ExportLine {}

    /**
     * A saved state.
     *
     * @param saved the state, packed
     * @param programs the programs of its processes, packed
     */
    record State(byte[] saved, byte[] programs) {}

    /**
     * A version.
     *
     * @param commands for readers: what the steps say is what counts
     * @param steps what happened, packed
     * @param state the state that a rewind led to, where its version is older than the first line's
     */
    record Version(
            long version,
            RecordBody.HistoryRequestBody request,
            @JsonDeserialize(using = Unread.class) Object commands,
            RecordBody.EventRange events,
            long ticks,
            byte[] steps,
            @Nullable State state)
            implements ExportLine {}

    /** Passes over what is for readers. */
    final class Unread extends ValueDeserializer<Object> {
        @Override
        public Object deserialize(JsonParser parser, DeserializationContext context) {
            parser.skipChildren();
            return List.of();
        }
    }

    /**
     * The last line.
     *
     * @param version the last version
     * @param digest its digest
     */
    record End(long version, String digest) implements ExportLine {}
}
