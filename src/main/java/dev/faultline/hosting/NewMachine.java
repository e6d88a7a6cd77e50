package dev.faultline.hosting;

import dev.faultline.machine.presets.Preset;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;

/**
 * A machine that is wished for.
 *
 * @param id its id, or null for one of the server's
 * @param spec what it is
 * @param preset what it is made from, or null
 * @param keeping how it is kept
 */
public record NewMachine(
        @Nullable String id, MachineSpec spec, @Nullable Preset preset, Keeping keeping) {

    /** A machine as it is kept without another wish. */
    public static NewMachine of(@Nullable String id, MachineSpec spec) {
        return new NewMachine(id, spec, null, Keeping.PLAIN);
    }
}
