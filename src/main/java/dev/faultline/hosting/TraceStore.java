package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.spec.MachineSpec;
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
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Traces that clients have stored, each once, under a name made of what it holds. They are files in
 * one folder, and are found there again after a restart. A trace on its way in is a draft, which is
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

    /** A stored trace, and whether it was there already. */
    public record Stored(StoredTrace trace, boolean isNew) {}

    /** A name that is stored, and the trace; none if it is damaged. */
    public record Listed(String id, @Nullable StoredTrace trace) {}

    private final Path folder;
    private final long mostBytes;
    private final NavigableMap<String, Entry> entries = new ConcurrentSkipListMap<>();

    /** Bytes of all traces and drafts. */
    private final AtomicLong heldBytes = new AtomicLong();

    private final AtomicBoolean failing = new AtomicBoolean();

    /**
     * Finds the traces in the folder of the settings, and deletes drafts that were left there.
     *
     * @throws UncheckedIOException if the folder is there and cannot be read
     */
    public TraceStore(TraceSettings settings) {
        folder = settings.folder();
        mostBytes = settings.totalBytes();
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.sorted().forEach(this::find);
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
                heldBytes.addAndGet(entry.bytes);
            } else if (draft.matches()) {
                TraceFileWriter.deleteLeft(folder.resolve(draft.group(1)));
            }
        } catch (IOException e) {
            LOG.warn("{} in the folder of traces can be neither used nor deleted", name, e);
        }
    }

    /** A name in the folder. The file behind it is checked when somebody first asks for it. */
    private final class Entry {

        private final String id;
        private final long bytes;
        private @Nullable StoredTrace trace;
        private boolean damaged;

        Entry(String id, long bytes, @Nullable StoredTrace trace) {
            this.id = id;
            this.bytes = bytes;
            this.trace = trace;
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

    /**
     * Stores what a reader of {@link StoredTrace#readingSpec} delivers. Raises {@link
     * HostingException} if there is no room for it or the disk fails, and what the reader raises.
     */
    public Stored store(TraceReader reader, MachineSpec readingSpec) throws IOException {
        try (Draft draft = new Draft()) {
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
        private long claimed;

        Draft() {
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
        private void claim(long bytes) {
            long more = bytes - claimed;
            if (heldBytes.addAndGet(more) > mostBytes && more > 0) {
                heldBytes.addAndGet(-more);
                throw new HostingException(
                        Reason.TRACES_FULL,
                        "the stored traces, and those on their way in, may take "
                                + mostBytes
                                + " bytes; delete one first");
            }
            claimed = bytes;
        }

        Stored keep() {
            try {
                claim(writer.bytes() + writer.bytesToFinish());
                String id = writer.finish();
                writer.close();
                Entry known = entries.get(id);
                return known != null && known.isSound()
                        ? new Stored(known.trace(), false)
                        : put(id, known);
            } catch (IOException e) {
                throw unavailable(e);
            }
        }

        /** Puts this where nothing is, or what is damaged. */
        private Stored put(String id, @Nullable Entry damaged) throws IOException {
            synchronized (entries) {
                Entry known = entries.get(id);
                if (known != null && known != damaged) { // stored just now
                    return new Stored(known.trace(), false);
                }
                StoredTrace trace = writer.trace(id, file(id));
                claim(trace.bytes());
                Files.move(path, file(id), StandardCopyOption.ATOMIC_MOVE);
                entries.put(id, new Entry(id, trace.bytes(), trace));
                claimed = known == null ? 0 : known.bytes; // which are there no longer
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
                heldBytes.addAndGet(-claimed);
            }
        }
    }

    /**
     * The trace of a name. Raises {@link HostingException} if there is none, and {@link
     * StoredTraceException} if its file is not what it was.
     */
    public StoredTrace find(String id) {
        return entry(id).trace();
    }

    /** The same, to be shown and not read: it may be known already that its file is damaged. */
    public StoredTrace show(String id) {
        return entry(id).shown();
    }

    private Entry entry(String id) {
        Entry entry = entries.get(id);
        if (entry == null) {
            throw new HostingException(Reason.NO_SUCH_TRACE, "there is no trace '" + id + "'");
        }
        return entry;
    }

    /** The traces after a name in the order of names, at most {@code most}; all if it is "". */
    public List<Listed> list(String after, int most) {
        return entries.tailMap(after, false).values().stream()
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

    /** Deletes a trace, damaged or not; runs of it that are under way go on. */
    public void delete(String id) {
        synchronized (entries) {
            Entry entry = entry(id);
            try {
                pin(entry);
                Files.deleteIfExists(file(id));
            } catch (IOException e) {
                throw unavailable(e);
            }
            entries.remove(id);
            heldBytes.addAndGet(-entry.bytes);
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
