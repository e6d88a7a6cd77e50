package dev.faultline.machine.protocol;

import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Where the bytes of an area's pages come from, and who sees what is written to them.
 *
 * @param shared whether all who map the same see each other's writes; else a writer gets a copy
 * @param name of the file or the shared memory; null for memory that begins as zeros and is private
 * @param offset where in the file or the shared memory the area begins, in bytes, page-aligned
 */
public record Backing(Kind kind, boolean shared, @Nullable String name, long offset) {

    /** What an area is for. */
    public enum Kind {
        /** Memory that was asked for, at the making of the process or by {@link Command.Map}. */
        ANONYMOUS,
        /** Memory below which the process may fault: the kernel lowers its start then. */
        STACK,
        /** Memory that {@link Command.Brk} made. */
        HEAP,
        /** Memory that all who map its name share. */
        SHARED_MEMORY,
        /** The bytes of a file. */
        FILE
    }

    /** Private memory that begins as zeros. */
    public static final Backing ANONYMOUS = of(Kind.ANONYMOUS);

    /**
     * Shared memory without a name: those who fork from the one that mapped it share it. The kernel
     * names it.
     */
    public static final Backing UNNAMED = new Backing(Kind.ANONYMOUS, true, null, 0);

    /** A name for all that must have one. */
    public Backing {
        boolean wantsName = kind == Kind.SHARED_MEMORY || kind == Kind.FILE;
        if (wantsName && name == null || name == null && offset != 0) {
            throw new IllegalArgumentException(kind + " without a name");
        }
    }

    /** Private memory of a kind that has no name. */
    public static Backing of(Kind kind) {
        return new Backing(kind, false, null, 0);
    }

    /** The shared memory of a name. */
    public static Backing sharedMemory(String name) {
        return new Backing(Kind.SHARED_MEMORY, true, name, 0);
    }

    /** A file from an offset in bytes on. */
    public static Backing file(String name, long offset, boolean shared) {
        return new Backing(Kind.FILE, shared, name, offset);
    }

    public boolean isFile() {
        return kind == Kind.FILE;
    }

    /** The same, beginning so many bytes later. */
    public Backing later(long bytes) {
        return name == null ? this : new Backing(kind, shared, name, offset + bytes);
    }

    /** Whether the other goes on where this ends after so many bytes. */
    boolean continuesIn(Backing other, long length) {
        return kind == other.kind
                && shared == other.shared
                && Objects.equals(name, other.name)
                && (name == null || other.offset == offset + length);
    }

    void save(StateWriter out) {
        out.writeInt(kind.ordinal());
        out.writeBoolean(shared);
        out.writeString(name == null ? "" : name);
        out.writeLong(offset);
    }

    static Backing load(StateReader in) {
        Kind kind = Kind.values()[in.readInt()];
        boolean shared = in.readBoolean();
        String name = in.readString();
        return new Backing(kind, shared, name.isEmpty() ? null : name, in.readLong());
    }
}
