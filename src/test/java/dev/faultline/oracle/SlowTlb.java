package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A TLB as a list of sets, each a list of ways. It counts nothing. */
final class SlowTlb {

    /** One way of one set. */
    static final class Way {
        boolean valid;
        int asid;
        long vpn;
        int frame;
        boolean readable;
        boolean writable;
        boolean executable;
        boolean dirty;
        long filledAt;
        long usedAt;

        boolean holds(int wantedAsid, long wantedVpn) {
            return valid && asid == wantedAsid && vpn == wantedVpn;
        }

        boolean allows(char operation) {
            return switch (operation) {
                case 'r' -> readable;
                case 'w' -> writable;
                case 'x' -> executable;
                default -> throw new IllegalArgumentException("operation " + operation);
            };
        }
    }

    private final List<List<Way>> sets = new ArrayList<>();
    private final Config.TlbReplacement replacement;
    private long now;

    SlowTlb(Config config) {
        replacement = config.tlbReplacement();
        int setCount = config.tlbEntries() == 0 ? 0 : config.tlbEntries() / config.tlbWays();
        for (int set = 0; set < setCount; set++) {
            List<Way> ways = new ArrayList<>();
            for (int way = 0; way < config.tlbWays(); way++) {
                ways.add(new Way());
            }
            sets.add(ways);
        }
    }

    boolean isPresent() {
        return !sets.isEmpty();
    }

    /** Looks a page up as the hardware does. A hit makes the entry the most recently used. */
    @Nullable Way lookUp(int asid, long vpn) {
        Way found = find(asid, vpn);
        if (found != null) {
            found.usedAt = ++now;
        }
        return found;
    }

    /**
     * Copies a page-table entry in, over the same page's, into an invalid way, or over a victim.
     */
    void fill(PageEntry entry, Frame frame) {
        if (!isPresent()) {
            return;
        }
        Way way = find(entry.pid, entry.vpn);
        if (way == null) {
            way = wayToReplace(setOf(entry.vpn));
        }
        way.valid = true;
        way.asid = entry.pid;
        way.vpn = entry.vpn;
        way.frame = frame.number;
        way.readable = entry.readable;
        way.writable = entry.writable;
        way.executable = entry.executable;
        way.dirty = entry.dirty;
        way.filledAt = ++now;
        way.usedAt = now;
    }

    /** Drops a page's entry, if there is one. */
    void drop(int asid, long vpn) {
        dropIf(way -> way.holds(asid, vpn));
    }

    /** Drops all entries of an ASID. */
    void dropAsid(int asid) {
        dropIf(way -> way.asid == asid);
    }

    /** Drops everything. */
    void dropAll() {
        dropIf(way -> true);
    }

    private void dropIf(Predicate<Way> condition) {
        for (List<Way> set : sets) {
            for (Way way : set) {
                if (condition.test(way)) {
                    way.valid = false;
                }
            }
        }
    }

    private @Nullable Way find(int asid, long vpn) {
        if (isPresent()) {
            for (Way way : setOf(vpn)) {
                if (way.holds(asid, vpn)) {
                    return way;
                }
            }
        }
        return null;
    }

    private List<Way> setOf(long vpn) {
        return sets.get((int) (vpn % sets.size()));
    }

    private Way wayToReplace(List<Way> set) {
        Way oldest = set.getFirst();
        for (Way way : set) {
            if (!way.valid) {
                return way;
            }
            if (age(way) < age(oldest)) {
                oldest = way;
            }
        }
        return oldest;
    }

    private long age(Way way) {
        return switch (replacement) {
            case LRU -> way.usedAt;
            case FIFO -> way.filledAt;
        };
    }
}
