package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;
import dev.faultline.machine.state.UnreadableStateException;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/**
 * A process's own handler: the actions it takes at a fault that would be a signal, before the
 * access runs again.
 *
 * <p>The actions are the primitives of Appel and Li, "Virtual memory primitives for user programs"
 * (ASPLOS 1991): the fault is their TRAP, {@link Protect} their PROT1 and UNPROT.
 */
public record UserHandler(@Numbered(1) List<Action> actions) {

    /** The most actions of a handler. */
    public static final int MAX_ACTIONS = 16;

    /** The most bytes that all copies of a handler move together. */
    public static final long MAX_COPIED = 1 << 16;

    /** No handler. */
    public static final UserHandler NONE = new UserHandler(List.of());

    /** Copies the list of actions. */
    public UserHandler {
        actions = List.copyOf(actions);
    }

    /**
     * An address, absolute or relative to the fault.
     *
     * @param fromFault whether {@code value} is an offset from the first address of the faulting
     *     page
     */
    public record Place(@Numbered(1) boolean fromFault, @Numbered(2) long value) {

        /** The first address of the faulting page. */
        public static final Place FAULT = new Place(true, 0);

        /** The address, given the first address of the faulting page. */
        public long address(long faultPageStart) {
            return fromFault ? faultPageStart + value : value;
        }
    }

    /** One action of a handler. */
    public sealed interface Action {}

    /** Changes the protection of pages. */
    @Numbered(1)
    public record Protect(
            @Numbered(1) Place at, @Numbered(2) long length, @Numbered(3) int protection)
            implements Action {}

    /** Maps memory where there is none. */
    @Numbered(2)
    public record Map(
            @Numbered(1) Place at,
            @Numbered(2) long length,
            @Numbered(3) int protection,
            @Numbered(4) Backing backing)
            implements Action {}

    /** Unmaps pages. */
    @Numbered(3)
    public record Unmap(@Numbered(1) Place at, @Numbered(2) long length) implements Action {}

    /** Copies bytes, with the rights of the process. */
    @Numbered(4)
    public record Copy(@Numbered(1) Place from, @Numbered(2) Place to, @Numbered(3) long length)
            implements Action {}

    /** Saves the handler. */
    public void save(StateWriter out) {
        out.writeInt(actions.size());
        for (Action action : actions) {
            switch (action) {
                case Protect(Place at, long length, int protection) -> {
                    save(out, 0, at, length);
                    out.writeInt(protection);
                }
                case Map(Place at, long length, int protection, Backing backing) -> {
                    save(out, 1, at, length);
                    out.writeInt(protection);
                    backing.save(out);
                }
                case Unmap(Place at, long length) -> save(out, 2, at, length);
                case Copy(Place from, Place to, long length) -> {
                    save(out, 3, from, length);
                    out.writeBoolean(to.fromFault());
                    out.writeLong(to.value());
                }
            }
        }
    }

    private static void save(StateWriter out, int kind, Place place, long length) {
        out.writeInt(kind);
        out.writeBoolean(place.fromFault());
        out.writeLong(place.value());
        out.writeLong(length);
    }

    /** Reads a handler back. */
    public static UserHandler load(StateReader in) {
        List<Action> actions = new ArrayList<>();
        for (int left = in.readInt(); left > 0; left--) {
            int kind = in.readInt();
            Place place = new Place(in.readBoolean(), in.readLong());
            long length = in.readLong();
            actions.add(
                    switch (kind) {
                        case 0 -> new Protect(place, length, in.readInt());
                        case 1 -> new Map(place, length, in.readInt(), Backing.load(in));
                        case 2 -> new Unmap(place, length);
                        case 3 ->
                                new Copy(place, new Place(in.readBoolean(), in.readLong()), length);
                        default ->
                                throw new UnreadableStateException(
                                        "no action of a handler has the number " + kind);
                    });
        }
        return new UserHandler(actions);
    }

    /** The limit that this handler exceeds, in words, or null if it exceeds none. */
    public @Nullable String tooMuch() {
        if (actions.size() > MAX_ACTIONS) {
            return "a handler has at most " + MAX_ACTIONS + " commands";
        }
        return copied() > MAX_COPIED
                ? "the copies of a handler move at most " + MAX_COPIED + " bytes"
                : null;
    }

    /** Bytes that its copies move together; each copy counts at most {@link #MAX_COPIED} + 1. */
    public long copied() {
        long copied = 0;
        for (Action action : actions) {
            if (action instanceof Copy copy) {
                copied += Math.min(copy.length(), MAX_COPIED + 1);
            }
        }
        return copied;
    }
}
