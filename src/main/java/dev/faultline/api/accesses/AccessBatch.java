package dev.faultline.api.accesses;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.JsonErrors;
import dev.faultline.api.web.Reason;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.trace.AccessJson;
import dev.faultline.trace.AccessJson.BadAccessException;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.databind.JsonNode;

import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A batch of accesses, read from {@code {"accesses": […]}} as a stream: all of it is checked before
 * the first access is issued.
 */
public final class AccessBatch {

    /** The batch as the OpenAPI document shows it. */
    @Schema(name = "AccessBatchRequest", requiredProperties = "accesses")
    record Shape(List<AccessShape> accesses) {}

    /** An access as the OpenAPI document shows it. */
    @Schema(name = "AccessRequest", requiredProperties = "op")
    public record AccessShape(
            @Schema(
                            allowableValues = {"read", "write", "execute", "tick"},
                            description =
                                    "A tick is the clock interrupt, which clears the referenced bits"
                                            + " of the whole machine and has no other property.")
                    String op,
            @Schema(description = "Required, unless it is a tick.") Address address,
            Integer size,
            @Schema(minimum = "0", description = "What a write stores, little-endian.")
                    BigInteger value,
            @Schema(
                            minimum = "0",
                            description =
                                    "The processor that makes it; the process's own if left out.")
                    Integer cpu) {}

    /** An access of a whole machine's trace as the OpenAPI document shows it. */
    @Schema(name = "ProcessAccessRequest", requiredProperties = "op")
    record ProcessAccessShape(
            @Schema(description = "The process that makes it. Required, unless it is a tick.")
                    Integer pid,
            @Schema(allowableValues = {"read", "write", "execute", "tick"}) String op,
            @Schema(description = "Required, unless it is a tick.") Address address,
            Integer size,
            @Schema(minimum = "0") BigInteger value,
            @Schema(minimum = "0") Integer cpu) {}

    /** A trace in two columns as the OpenAPI document shows it. */
    @Schema(
            name = "AccessColumnsRequest",
            requiredProperties = {"ops", "addresses"})
    public record ColumnsShape(
            @Schema(
                            pattern = "^[rwxt]*$",
                            description =
                                    "A letter for each access: r, w or x; t is a tick, whose address"
                                            + " is 0.")
                    String ops,
            List<Address> addresses) {}

    private static final String LIST = "accesses";

    private final AccessBlock block;
    private final int most;

    /** Where each access's first piece is in the block. */
    private int[] firstPiece = new int[16];

    private int count;

    private AccessBatch(MachineSpec spec, int most) {
        this.block = new AccessBlock(spec, 16);
        this.most = most;
    }

    /** Reads a body. Raises {@link ApiException} with a JSON pointer if it is not such a batch. */
    static AccessBatch read(InputStream body, MachineSpec spec, int most) {
        AccessBatch batch = new AccessBatch(spec, most);
        try (JsonParser parser = AccessJson.parser(body)) {
            batch.read(parser);
        } catch (JacksonIOException e) {
            throw ApiException.bodyNotReadable(e);
        } catch (JacksonException e) {
            throw JsonErrors.of("", e);
        }
        return batch;
    }

    /**
     * A batch of accesses that came as parts of something else, each of which may have one property
     * more.
     */
    static AccessBatch of(List<JsonNode> accesses, String besides, MachineSpec spec) {
        AccessBatch batch = new AccessBatch(spec, accesses.size());
        AccessJson access = new AccessJson(false, true);
        for (JsonNode node : accesses) {
            JsonNode alone = node.isObject() ? node.asObject().deepCopy().without(besides) : node;
            try (JsonParser parser = alone.traverse(ObjectReadContext.empty())) {
                parser.nextToken();
                batch.add(access, parser);
            }
        }
        return batch;
    }

    private void read(JsonParser parser) {
        JsonToken first = parser.nextToken();
        if (first != JsonToken.START_OBJECT) {
            throw ApiException.badField("", "a JSON object with accesses is expected here");
        }
        boolean met = false;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            if (!LIST.equals(name)) {
                throw ApiException.badField(
                        "/" + escaped(String.valueOf(name)), "no such property; known: " + LIST);
            }
            if (met) {
                throw ApiException.badField("/" + LIST, "given more than once");
            }
            met = true;
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                throw ApiException.badField("/" + LIST, "must be an array");
            }
            readList(parser);
        }
        if (!met) {
            throw ApiException.badField("/" + LIST, "is required");
        }
        if (parser.nextToken() != null) {
            throw ApiException.badField("", "there is something after the JSON object");
        }
    }

    private void readList(JsonParser parser) {
        AccessJson access = new AccessJson(false, true);
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (count == most) {
                throw new ApiException(
                        Reason.BATCH_TOO_LARGE,
                        "/accesses: a batch has at most "
                                + most
                                + " accesses; send more as a trace",
                        List.of(
                                new ApiException.FieldError(
                                        "/accesses", "at most " + most + " accesses")));
            }
            add(access, parser);
        }
    }

    /** Adds the access that a parser stands on. */
    private void add(AccessJson access, JsonParser parser) {
        if (count == firstPiece.length) {
            firstPiece = Arrays.copyOf(firstPiece, 2 * count);
        }
        firstPiece[count] = block.count();
        try {
            access.read(parser, block);
        } catch (BadAccessException e) {
            String property = e.property() == null ? "" : "/" + escaped(e.property());
            throw ApiException.badField("/accesses/" + count + property, e.detail());
        }
        count++;
    }

    /** Refuses a property that a tick of the clock, which is no access, does not have. */
    static void refuseAtTick(String pointer, @Nullable Object property) {
        if (property != null) {
            throw ApiException.badField(pointer, "has no place at a tick");
        }
    }

    /** A client's property name as part of a JSON pointer (RFC 6901), at most so long. */
    static String escaped(String name) {
        String part = name.length() <= 60 ? name : name.substring(0, 60) + "…";
        return part.replace("~", "~0").replace("/", "~1");
    }

    AccessBlock block() {
        return block;
    }

    /** The access that a piece belongs to. */
    int accessOf(int piece) {
        int found = Arrays.binarySearch(firstPiece, 0, count, piece);
        return found >= 0 ? found : -found - 2;
    }

    /** The results of the pieces that were issued, put together access by access. */
    List<AccessBody> bodies(List<AccessResult> results, MachineSpec spec) {
        List<AccessBody> bodies = new ArrayList<>();
        for (int access = 0; access < count && firstPiece[access] < results.size(); access++) {
            int end = access + 1 < count ? firstPiece[access + 1] : block.count();
            bodies.add(
                    AccessBody.of(
                            results.subList(firstPiece[access], Math.min(end, results.size())),
                            spec));
        }
        return bodies;
    }
}
