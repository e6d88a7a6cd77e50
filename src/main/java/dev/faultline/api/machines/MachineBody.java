package dev.faultline.api.machines;

import dev.faultline.api.web.OwnerBody;
import dev.faultline.hosting.Change;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.Keeping;
import dev.faultline.hosting.Standing;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.annotation.JsonSerialize;
import tools.jackson.databind.ser.std.StdSerializer;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * A machine on the wire: its id, its effective spec, and where it is.
 *
 * @param spec the spec, whose fields stand beside the others
 * @param keeping how it is kept, whose fields stand there too
 */
@JsonSerialize(using = MachineBody.Writer.class)
public record MachineBody(
        String id,
        OwnerBody owner,
        @Nullable String preset,
        @Schema(hidden = true) MachineSpec spec,
        @Schema(hidden = true) Keeping keeping,
        @Schema(description = "The rules by which the machine obeys: the engine's number.")
                int engine,
        @Schema(
                        description =
                                "Grows by one with each request that changes the machine; null while"
                                        + " one is under way.")
                @Nullable Long version,
        @Schema(description = "SHA-256 of the simulated state, events and counters.") String digest,
        Counters counters,
        @Schema(
                        description =
                                "Why the machine is set aside: a command broke off half-way. Null"
                                        + " but for a mistake of the server's.")
                Standing.@Nullable Quarantine quarantine,
        @Schema(
                        format = "date-time",
                        description =
                                "When the machine ends unless it is changed before; null for"
                                        + " never.")
                @Nullable String expires) {

    /** The machine as it is now, version, digest and counters of one moment. */
    public static HostedMachine.Versioned<MachineBody> of(HostedMachine hosted) {
        return hosted.describe(describe(hosted));
    }

    /** The machine as it was at a version, or as it is now if that is null. */
    static HostedMachine.Versioned<MachineBody> at(HostedMachine hosted, @Nullable Long at) {
        return hosted.describeAt(at, describe(hosted));
    }

    /** The machine as a change has left it. */
    public static MachineBody of(HostedMachine hosted, Change change) {
        return change.describe(describe(hosted));
    }

    private static HostedMachine.Description<MachineBody> describe(HostedMachine hosted) {
        return (machine, version, digest, standing) ->
                of(hosted, machine.counters(), version, digest, standing);
    }

    private static MachineBody of(
            HostedMachine hosted,
            Counters counters,
            @Nullable Long version,
            String digest,
            Standing standing) {
        Instant expires = standing.expires();
        return new MachineBody(
                hosted.id(),
                OwnerBody.of(hosted.owner()),
                hosted.preset() == null ? null : hosted.preset().name(),
                hosted.spec(),
                hosted.keeping(),
                Machine.ENGINE,
                version,
                digest,
                counters,
                standing.quarantine(),
                expires == null ? null : expires.truncatedTo(ChronoUnit.MILLIS).toString());
    }

    /** Writes the fields of the spec among the others. */
    static final class Writer extends StdSerializer<MachineBody> {

        Writer() {
            super(MachineBody.class);
        }

        @Override
        public void serialize(MachineBody body, JsonGenerator out, SerializationContext context) {
            out.writeStartObject();
            out.writeStringProperty("id", body.id);
            out.writePOJOProperty("owner", body.owner);
            out.writePOJOProperty("preset", body.preset);
            SpecBody.of(MachineSpec.SECTION, body.spec.values()).forEach(out::writePOJOProperty);
            KeepingFields.write(body.keeping, out);
            out.writeNumberProperty("engine", body.engine);
            out.writePOJOProperty("version", body.version);
            out.writeStringProperty("digest", body.digest);
            out.writePOJOProperty("counters", body.counters);
            out.writePOJOProperty("quarantine", body.quarantine);
            out.writePOJOProperty("expires", body.expires);
            out.writeEndObject();
        }
    }
}
