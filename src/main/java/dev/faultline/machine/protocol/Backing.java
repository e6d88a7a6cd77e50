package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;
import dev.faultline.machine.state.Numbering;
import dev.faultline.machine.state.StateReader;
import dev.faultline.machine.state.StateWriter;

import org.jspecify.annotations.Nullable;

import java.util.Objects;

/**
 * Where the pages of an area get their bytes, and who sees what is written to them.
 *
 * @param shared whether everyone who maps it sees the same writes; otherwise a writer gets its own
 *     copy
 * @param name the file's or the shared memory's name; null for memory that starts as zeros
 * @param offset where the area begins in the file or shared memory, in bytes, page-aligned
 */
public record Backing(
        @Numbered(1) Kind kind,
        @Numbered(2) boolean shared,
        @Numbered(3) @Nullable String name,
        @Numbered(4) long offset) {

    /** What an area is for. */
    public enum Kind {
        /** Memory that a process was created with or asked for by {@link Command.Map}. */
        @Numbered(1)
        ANONYMOUS,
        /** Memory that grows down: a fault just below it makes the kernel lower its start. */
        @Numbered(2)
        STACK,
        /** Memory from {@link Command.Brk}. */
        @Numbered(3)
        HEAP,
        /** Memory shared by everyone who maps its name. */
        @Numbered(4)
        SHARED_MEMORY,
        /** The bytes of a file. */
        @Numbered(5)
        FILE
    }

    private static final Numbering<Kind> KINDS = Numbering.of(Kind.class);

    /** Private memory that starts as zeros. */
    public static final Backing ANONYMOUS = of(Kind.ANONYMOUS);

    /**
     * Shared memory without a name: a process shares it with its children. The kernel gives it an
     * internal name.
     */
    public static final Backing UNNAMED = new Backing(Kind.ANONYMOUS, true, null, 0);

    /**
     * Checks that shared memory and files have a name, and that an offset comes with a name.
     *
     * @throws IllegalArgumentException if not
     */
    public Backing {
        boolean wantsName = kind == Kind.SHARED_MEMORY || kind == Kind.FILE;
        if (wantsName && name == null || name == null && offset != 0) {
            throw new IllegalArgumentException(kind + " without a name");
        }
    }

    /** Private memory of a kind that needs no name. */
    public static Backing of(Kind kind) {
        return new Backing(kind, false, null, 0);
    }

    /** Shared memory by its name, from its beginning. */
    public static Backing sharedMemory(String name) {
        return new Backing(Kind.SHARED_MEMORY, true, name, 0);
    }

    /** A file from an offset in bytes. */
    public static Backing file(String name, long offset, boolean shared) {
        return new Backing(Kind.FILE, shared, name, offset);
    }

    /** Whether the bytes come from a file. */
    public boolean isFile() {
        return kind == Kind.FILE;
    }

    /** The same backing, starting {@code bytes} bytes later. */
    public Backing later(long bytes) {
        return name == null ? this : new Backing(kind, shared, name, offset + bytes);
    }

    /** Whether {@code other} continues exactly where {@code length} bytes of this backing end. */
    boolean continuesIn(Backing other, long length) {
        return kind == other.kind
                && shared == other.shared
                && Objects.equals(name, other.name)
                && (name == null || other.offset == offset + length);
    }

    void save(StateWriter out) {
        out.writeInt(KINDS.of(kind));
        out.writeBoolean(shared);
        out.writeString(name == null ? "" : name);
        out.writeLong(offset);
    }

    static Backing load(StateReader in) {
        Kind kind = KINDS.at(in.readInt());
        boolean shared = in.readBoolean();
        String name = in.readString();
        return new Backing(kind, shared, name.isEmpty() ? null : name, in.readLong());
    }
}
