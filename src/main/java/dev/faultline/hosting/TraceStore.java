package dev.faultline.hosting;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.MachineSpec;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.TraceFileWriter;
import dev.faultline.trace.TraceReader;

import org.springframework.stereotype.Component;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.NavigableMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Traces that clients have stored, each once, under a name made of what it holds. They are files in
 * one folder, and are found there again after a restart.
 */
@Component
public class TraceStore {

    private static final int BLOCK = 8192;
    private static final String SUFFIX = ".trace";
    private static final Pattern FILE = Pattern.compile("[0-9a-f]{64}\\.trace");

    /** Bytes of a trace that are written between two looks at how full the store is. */
    private static final long STEP = 1L << 24;

    /** A stored trace, and whether it was there already. */
    public record Stored(StoredTrace trace, boolean isNew) {}

    private final Path folder;
    private final long mostBytes;
    private final NavigableMap<String, StoredTrace> traces = new ConcurrentSkipListMap<>();

    public TraceStore(TraceSettings settings) {
        folder = settings.folder();
        mostBytes = settings.totalBytes();
        if (!Files.isDirectory(folder)) {
            return;
        }
        try (Stream<Path> files = Files.list(folder)) {
            files.forEach(this::find);
        } catch (IOException e) {
            throw new UncheckedIOException("the folder of traces cannot be used: " + folder, e);
        }
    }

    private void find(Path file) {
        String name = file.getFileName().toString();
        if (FILE.matcher(name).matches()) {
            String id = name.substring(0, name.length() - SUFFIX.length());
            try {
                traces.put(id, StoredTrace.open(id, file));
            } catch (IOException e) {
                throw new UncheckedIOException("a stored trace cannot be read: " + file, e);
            }
        }
    }

    /**
     * Stores what a reader of {@link StoredTrace#readingSpec} delivers. Raises {@link
     * HostingException} if there is no room for it, and what the reader raises.
     */
    public Stored store(TraceReader reader, MachineSpec readingSpec) throws IOException {
        Files.createDirectories(folder);
        Path draft = folder.resolve("draft-" + UUID.randomUUID());
        try (TraceFileWriter writer = new TraceFileWriter(draft)) {
            AccessBlock block = new AccessBlock(readingSpec, BLOCK);
            long looked = 0;
            while (reader.read(block)) {
                writer.write(block);
                block.clear();
                if (writer.count() * Long.BYTES - looked > STEP) {
                    looked = writer.count() * Long.BYTES;
                    checkRoom(looked);
                }
            }
            String id = writer.finish();
            return keep(id, draft);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private synchronized Stored keep(String id, Path draft) throws IOException {
        StoredTrace known = traces.get(id);
        if (known != null) {
            return new Stored(known, false);
        }
        checkRoom(Files.size(draft));
        Path file = folder.resolve(id + SUFFIX);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
        StoredTrace trace = StoredTrace.open(id, file);
        traces.put(id, trace);
        return new Stored(trace, true);
    }

    private void checkRoom(long more) throws IOException {
        long held = traces.values().stream().mapToLong(StoredTrace::bytes).sum();
        FileStore disk = Files.getFileStore(folder);
        if (held + more > mostBytes || disk.getUsableSpace() < STEP) {
            throw new HostingException(
                    Reason.TRACES_FULL,
                    "the stored traces may take " + mostBytes + " bytes; delete one first");
        }
    }

    /** The trace of a name. Raises {@link HostingException} if there is none. */
    public StoredTrace find(String id) {
        StoredTrace trace = traces.get(id);
        if (trace == null) {
            throw new HostingException(Reason.NO_SUCH_TRACE, "there is no trace '" + id + "'");
        }
        return trace;
    }

    /** The traces after a name in the order of names, at most so many; all if it is "". */
    public List<StoredTrace> list(String after, int most) {
        return traces.tailMap(after, false).values().stream().limit(most).toList();
    }

    /** Deletes a trace; runs of it that are under way go on. */
    public synchronized void delete(String id) throws IOException {
        find(id);
        Files.deleteIfExists(folder.resolve(id + SUFFIX));
        traces.remove(id);
    }
}
