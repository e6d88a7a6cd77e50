package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The memory of a process as plain bytes, as far as they are known: a byte that was written, or
 * never touched since it was mapped, or read once.
 */
public final class FlatMemory {

    /** Addresses from the first to before the second. */
    private record Range(long from, long to) {
        boolean has(long address) {
            return from <= address && address < to;
        }
    }

    private final NavigableMap<Long, Integer> known = new TreeMap<>();
    private final Set<Long> unknown = new HashSet<>();

    /** Private and without a file: zero where nothing else is known. */
    private final List<Range> fresh = new ArrayList<>();

    /** Files and what is shared: others may write there. */
    private final List<Range> foreign = new ArrayList<>();

    private boolean followed = true;

    /** The memory of a process whose making was not seen. */
    public static FlatMemory notFollowed() {
        FlatMemory memory = new FlatMemory();
        memory.followNoMore();
        return memory;
    }

    /** The same memory once more, as after a fork. */
    public FlatMemory copy() {
        FlatMemory copy = new FlatMemory();
        copy.known.putAll(known);
        copy.unknown.addAll(unknown);
        copy.fresh.addAll(fresh);
        copy.foreign.addAll(foreign);
        copy.followed = followed;
        return copy;
    }

    /** Anything may change it from now on, as a handler of the process's own does. */
    public void followNoMore() {
        followed = false;
    }

    /** Maps zeros: private, and without a file. */
    public void map(long from, long to) {
        Range range = new Range(from, to);
        unknown.removeIf(range::has);
        fresh.add(range);
    }

    /** Maps what others may write to. */
    public void mapForeign(long from, long to) {
        foreign.add(new Range(from, to));
    }

    /** The byte at an address, or null where it is not known. */
    public @Nullable Integer byteAt(long address) {
        Integer value = known.get(address);
        if (value != null || unknown.contains(address)) {
            return value;
        }
        return fresh.stream().anyMatch(range -> range.has(address)) ? 0 : null;
    }

    /** Whether only what is told here changes the byte at an address. */
    public boolean isFollowed(long address) {
        return followed && foreign.stream().noneMatch(range -> range.has(address));
    }

    /** Forgets all that is known of a range, and that it was mapped. */
    public void forget(long from, long to) {
        known.subMap(from, to).clear();
        List<Range> before = List.copyOf(fresh);
        fresh.clear();
        for (Range range : before) {
            addIfAny(range.from, Math.min(range.to, from));
            addIfAny(Math.max(range.from, to), range.to);
        }
    }

    private void addIfAny(long from, long to) {
        if (from < to) {
            fresh.add(new Range(from, to));
        }
    }

    /** Forgets all that is known of private memory. */
    public void forget() {
        known.clear();
        unknown.clear();
        fresh.clear();
    }

    /** A byte was written, or read. */
    public void learn(long address, int value) {
        known.put(address, value);
        unknown.remove(address);
    }

    /** Bytes may have changed. */
    public void lose(long address, int size) {
        for (int i = 0; i < size; i++) {
            known.remove(address + i);
            unknown.add(address + i);
        }
    }

    /** The lowest addresses whose bytes are known, up to a number of them. */
    public List<Long> places(int most) {
        return known.keySet().stream().filter(this::isFollowed).limit(most).toList();
    }
}
