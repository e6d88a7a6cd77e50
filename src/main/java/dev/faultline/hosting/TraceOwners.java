package dev.faultline.hosting;

import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * To whom a stored trace belongs. An empty file beside the trace marks each owner; a trace without
 * marks belongs to {@link Owner#LOCAL}. One thread at a time changes them, anyone may read.
 */
final class TraceOwners {

    private static final Pattern MARK =
            Pattern.compile(
                    "([0-9a-f]{64})~(" + Owner.NAME + ")(?:~(" + Owner.NAME + "))?\\.owner");

    private final Path folder;
    private final String trace;
    private final Set<Owner> marked = new ConcurrentSkipListSet<>();

    TraceOwners(Path folder, String trace) {
        this.folder = folder;
        this.trace = trace;
    }

    /** A mark that was found in the folder. */
    record Mark(String trace, Owner owner) {}

    /** The marks among files. */
    static List<Mark> marks(List<Path> files) {
        return files.stream()
                .map(file -> MARK.matcher(file.getFileName().toString()))
                .filter(Matcher::matches)
                .map(mark -> new Mark(mark.group(1), new Owner(mark.group(2), mark.group(3))))
                .toList();
    }

    /** An owner's mark has been found. */
    void found(Owner owner) {
        marked.add(owner);
    }

    boolean has(Owner owner) {
        return marked.isEmpty() ? owner.equals(Owner.LOCAL) : marked.contains(owner);
    }

    boolean areSeenBy(Caller caller) {
        return marked.isEmpty() ? caller.sees(Owner.LOCAL) : marked.stream().anyMatch(caller::sees);
    }

    /** Whether nobody is left once those that a caller sees are gone. */
    boolean areAllSeenBy(Caller caller) {
        return marked.stream().allMatch(caller::sees);
    }

    /** The first owner, of a trace that nobody has yet. */
    void begin(Owner owner) throws IOException {
        if (!owner.equals(Owner.LOCAL)) {
            mark(owner);
        }
    }

    /** One more owner; answers whether it is a new one. */
    boolean add(Owner owner) throws IOException {
        if (has(owner)) {
            return false;
        }
        if (marked.isEmpty()) {
            mark(Owner.LOCAL);
        }
        mark(owner);
        return true;
    }

    private void mark(Owner owner) throws IOException {
        Files.write(file(owner), new byte[0]);
        marked.add(owner);
    }

    /** Those that a caller sees have it no longer. */
    void remove(Caller caller) throws IOException {
        for (Owner owner : List.copyOf(marked)) {
            if (caller.sees(owner)) {
                delete(owner);
                marked.remove(owner);
            }
        }
    }

    /** Deletes the mark of an owner. */
    void delete(Owner owner) throws IOException {
        Files.deleteIfExists(file(owner));
    }

    private Path file(Owner owner) {
        String student = owner.student() == null ? "" : "~" + owner.student();
        return folder.resolve(trace + "~" + owner.tenant() + student + ".owner");
    }
}
