package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;
import dev.faultline.quotas.Quotas;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.StoredTraceException;
import dev.faultline.trace.TraceFileWriter;
import dev.faultline.trace.TraceReader;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Traces that clients have stored, each once, under a name made of what it holds, whoever has it. A
 * trace belongs to all owners that have stored it, and goes with the last. They are files in one
 * folder, and are found there again after a restart; an empty file beside it marks each owner, and
 * a trace without marks belongs to {@link Owner#LOCAL}. A trace on its way in is a draft, which is
 * a file there too and counts as much.
 *
 * <p>What goes wrong on the disk is the server's fault and not a client's: it raises {@link
 * HostingException} with {@link Reason#STORE_UNAVAILABLE}, leaves nothing behind, and is logged
 * when it begins and when it is over.
 */
@Component
public class TraceStore {

    private static final Logger LOG = LoggerFactory.getLogger(TraceStore.class);

    private static final int BLOCK = 8192;
    private static final String SUFFIX = ".trace";
    private static final Pattern FILE = Pattern.compile("[0-9a-f]{64}\\.trace");
    private static final Pattern DRAFT = Pattern.compile("(draft-[0-9a-f-]{36})(\\.sizes)?");

    /** A stored trace, and whether its owner has it only now. */
    public record Stored(StoredTrace trace, boolean isNew) {}

    /** A name that is stored, and the trace; none if it is damaged. */
    public record Listed(String id, @Nullable StoredTrace trace) {}

    private final Path folder;
    private final TraceBytes bytes;
    private final NavigableMap<String, Entry> entries = new ConcurrentSkipListMap<>();

    private final AtomicBoolean failing = new AtomicBoolean();

    /**
     * Finds the traces in the folder of the settings, and deletes drafts that were left there.
     *
     * @throws UncheckedIOException if the folder is there and cannot be read
     */
    public TraceStore(TraceSettings settings, Quotas quotas) {
        folder = settings.folder();
        bytes = new TraceBytes(settings.totalBytes(), quotas);
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> sorted = files.sorted().toList();
            sorted.forEach(this::find);
            TraceOwners.marks(sorted).forEach(this::findOwner);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of traces cannot be used: " + folder, e);
        }
    }

    private void find(Path file) {
        String name = file.getFileName().toString();
        try {
            Matcher draft = DRAFT.matcher(name);
            if (FILE.matcher(name).matches()) {
                String id = name.substring(0, name.length() - SUFFIX.length());
                Entry entry = new Entry(id, Files.size(file), null);
                entries.put(id, entry);
                bytes.count(entry.bytes);
            } else if (draft.matches()) {
                TraceFileWriter.deleteLeft(folder.resolve(draft.group(1)));
            }
        } catch (IOException e) {
            LOG.warn("{} in the folder of traces can be neither used nor deleted", name, e);
        }
    }

    /** A mark whose trace never came, or is gone, is deleted. */
    private void findOwner(TraceOwners.Mark mark) {
        Entry entry = entries.get(mark.trace());
        if (entry != null) {
            entry.owners.found(mark.owner());
            return;
        }
        try {
            new TraceOwners(folder, mark.trace()).delete(mark.owner());
        } catch (IOException e) {
            LOG.warn("a mark of trace {} cannot be deleted", mark.trace(), e);
        }
    }

    /** A name in the folder. The file behind it is checked when somebody first asks for it. */
    private final class Entry {

        private final String id;
        private final long bytes;
        private @Nullable StoredTrace trace;
        private boolean damaged;

        /** Guarded by the entries for changes. */
        private TraceOwners owners;

        Entry(String id, long bytes, @Nullable StoredTrace trace) {
            this.id = id;
            this.bytes = bytes;
            this.trace = trace;
            owners = new TraceOwners(folder, id);
        }

        /** Raises {@link StoredTraceException} if the file is damaged. */
        synchronized StoredTrace trace() {
            if (damaged) {
                throw StoredTraceException.damaged(id);
            }
            StoredTrace known = trace;
            if (known != null) {
                return known;
            }
            try {
                known = StoredTrace.open(id, file(id));
                trace = known;
                return known;
            } catch (StoredTraceException e) {
                damaged = true;
                LOG.error("{}", e.getMessage());
                throw e;
            } catch (IOException e) {
                throw unavailable(e);
            }
        }

        /** The same, unless a reader has found it damaged. */
        StoredTrace shown() {
            StoredTrace known = trace();
            if (known.isDamaged()) {
                throw StoredTraceException.damaged(id);
            }
            return known;
        }

        /** Whether all of the file is still what was stored. */
        boolean isSound() {
            try {
                trace().cursor().checkAll();
                return true;
            } catch (StoredTraceException | HostingException e) {
                LOG.debug("not sound", e);
                return false;
            }
        }
    }

    private Path file(String id) {
        return folder.resolve(id + SUFFIX);
    }

    /** Bytes of the traces that belong to an owner, each of which counts whole to each. */
    public long bytesOf(Owner owner) {
        return entries.values().stream()
                .filter(entry -> entry.owners.has(owner))
                .mapToLong(entry -> entry.bytes)
                .sum();
    }

    /**
     * Stores what a reader of {@link StoredTrace#readingSpec} delivers. Raises {@link
     * HostingException} if there is no room for it or the disk fails, and what the reader raises.
     */
    public Stored store(Owner owner, TraceReader reader, MachineSpec readingSpec)
            throws IOException {
        try (Draft draft = new Draft(owner)) {
            AccessBlock block = new AccessBlock(readingSpec, BLOCK);
            while (reader.read(block)) {
                draft.write(block);
                block.clear();
            }
            return draft.keep();
        }
    }

    /** A trace on its way in. What its files take is counted from the first byte on. */
    private final class Draft implements AutoCloseable {

        private final Path path = folder.resolve("draft-" + UUID.randomUUID());
        private final TraceFileWriter writer;
        private final Owner owner;
        private final long stored;
        private long claimed;

        Draft(Owner owner) {
            this.owner = owner;
            stored = bytesOf(owner);
            try {
                Files.createDirectories(folder);
                writer = new TraceFileWriter(path);
            } catch (IOException e) {
                throw unavailable(e);
            }
        }

        void write(AccessBlock block) {
            claim(writer.bytes() + (long) block.count() * (Long.BYTES + Integer.BYTES));
            try {
                writer.write(block);
            } catch (IOException e) {
                throw unavailable(e);
            }
        }

        /** Counts a number of bytes to this draft, if there is room for them. */
        private void claim(long wanted) {
            bytes.grow(owner, wanted - claimed, stored);
            claimed = wanted;
        }

        Stored keep() {
            try {
                claim(writer.bytes() + writer.bytesToFinish());
                String id = writer.finish();
                writer.close();
                Entry known = entries.get(id);
                return put(id, known == null || known.isSound() ? null : known);
            } catch (IOException e) {
                throw unavailable(e);
            }
        }

        /** Puts this where nothing is, or what is damaged; what is sound gets one more owner. */
        private Stored put(String id, @Nullable Entry damaged) throws IOException {
            synchronized (entries) {
                Entry known = entries.get(id);
                if (known != null && known != damaged) {
                    return new Stored(known.trace(), known.owners.add(owner));
                }
                StoredTrace trace = writer.trace(id, file(id));
                claim(trace.bytes());
                Entry entry = new Entry(id, trace.bytes(), trace);
                if (known == null) {
                    entry.owners.begin(owner);
                } else {
                    entry.owners = known.owners; // their file was damaged
                    entry.owners.add(owner);
                }
                Files.move(path, file(id), StandardCopyOption.ATOMIC_MOVE);
                entries.put(id, entry);
                bytes.keep(owner, claimed);
                claimed = 0;
                bytes.count(known == null ? 0 : -known.bytes); // which are there no longer
                available();
                return new Stored(trace, true);
            }
        }

        @Override
        public void close() {
            try {
                writer.close();
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw unavailable(e);
            } finally {
                bytes.drop(owner, claimed);
            }
        }
    }

    /**
     * The trace of a name. Raises {@link HostingException} if there is none that the caller sees,
     * and {@link StoredTraceException} if its file is not what it was.
     */
    public StoredTrace find(Caller caller, String id) {
        return entry(caller, id).trace();
    }

    /** The same, to be shown and not read: it may be known already that its file is damaged. */
    public StoredTrace show(Caller caller, String id) {
        return entry(caller, id).shown();
    }

    private Entry entry(Caller caller, String id) {
        Entry entry = entries.get(id);
        if (entry == null || !entry.owners.areSeenBy(caller)) {
            throw new HostingException(Reason.NO_SUCH_TRACE, "there is no trace '" + id + "'");
        }
        return entry;
    }

    /** The traces that a caller sees, after a name in the order of names; all if it is "". */
    public List<Listed> list(Caller caller, String after, int most) {
        return entries.tailMap(after, false).values().stream()
                .filter(entry -> entry.owners.areSeenBy(caller))
                .limit(most)
                .map(TraceStore::listed)
                .toList();
    }

    private static Listed listed(Entry entry) {
        try {
            return new Listed(entry.id, entry.shown());
        } catch (StoredTraceException | HostingException e) {
            LOG.debug("not to be shown", e);
            return new Listed(entry.id, null);
        }
    }

    /**
     * Takes a trace, damaged or not, from all owners that the caller sees; the file goes with the
     * last owner, and runs of it that are under way go on.
     */
    public void delete(Caller caller, String id) {
        synchronized (entries) {
            Entry entry = entry(caller, id);
            try {
                if (!entry.owners.areAllSeenBy(caller)) {
                    entry.owners.remove(caller);
                    return;
                }
                pin(entry);
                Files.deleteIfExists(file(id));
                entry.owners.remove(caller);
            } catch (IOException e) {
                throw unavailable(e);
            }
            entries.remove(id);
            bytes.count(-entry.bytes);
            available();
        }
    }

    private static void pin(Entry entry) {
        try {
            entry.trace().pin();
        } catch (StoredTraceException | HostingException e) {
            LOG.debug("nobody can read it anyway", e);
        }
    }

    /** Says that the disk failed: in the log once, until it works again. */
    private HostingException unavailable(IOException e) {
        if (!failing.getAndSet(true)) {
            LOG.error("the folder of traces, {}, cannot be used", folder, e);
        }
        return new HostingException(
                Reason.STORE_UNAVAILABLE,
                "the disk that the traces are on is full or does not work; nothing was changed",
                e);
    }

    private void available() {
        if (failing.getAndSet(false)) {
            LOG.info("the folder of traces can be used again");
        }
    }
}
