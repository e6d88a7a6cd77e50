package dev.faultline.hosting;

import dev.faultline.history.History;
import dev.faultline.owners.Owner;
import dev.faultline.quotas.Quota;
import dev.faultline.quotas.Quotas;

import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Bytes of heap that machines hold, about, and what is held beside them: of all owners together and
 * of each. Both are bounded.
 */
final class HostMemory {

    /** Whose bound leaves no room. */
    enum Room {
        FREE,
        OWNER_FULL,
        SERVER_FULL
    }

    /** Finds the histories of owners, which give back memory for others. */
    interface Histories {
        Stream<History> of(Predicate<Owner> owners);
    }

    private final long mostBytes;
    private final Quotas quotas;
    private final Histories histories;
    private final AtomicLong bytes = new AtomicLong();
    private final Map<Owner, AtomicLong> ofOwners = new ConcurrentHashMap<>();

    HostMemory(long mostBytes, Quotas quotas, Histories histories) {
        this.mostBytes = mostBytes;
        this.quotas = quotas;
        this.histories = histories;
    }

    /** Memory of an owner, of which nothing is held yet. */
    Reservation reserve(Owner owner) {
        return new Reservation(this, owner, true);
    }

    /** The same, for a history: no other history gives anything up for it. */
    Reservation reserveQuietly(Owner owner) {
        return new Reservation(this, owner, false);
    }

    /** Bytes that an owner holds. */
    long heldBy(Owner owner) {
        AtomicLong held = ofOwners.get(owner);
        return held == null ? 0 : held.get();
    }

    /** Bytes that an owner may hold more. */
    long freeBytes(Owner owner) {
        long own = quotas.most(owner, Quota.MACHINE_BYTES) - heldBy(owner);
        return Math.max(0, Math.min(own, mostBytes - bytes.get()));
    }

    /** The problem of a request for which there is no room. */
    HostingException problem(Room full, Owner owner) {
        return full == Room.OWNER_FULL
                ? HostingException.over(
                        Quota.MACHINE_BYTES, quotas.most(owner, Quota.MACHINE_BYTES), heldBy(owner))
                : new HostingException(
                        HostingException.Reason.SERVER_FULL,
                        "the machines of this server hold all the memory they may; delete one"
                                + " first");
    }

    /**
     * Counts more bytes. If there is no room for them, histories give back what they hold, the
     * largest first: the owner's own if that is the one who is full. If there is none even so, it
     * counts nothing.
     */
    Room claim(Owner owner, long amount) {
        Room found = claimFree(owner, amount);
        while (found != Room.FREE && relieve(found, owner)) {
            found = claimFree(owner, amount);
        }
        return found;
    }

    /** Lets the largest history give back some memory; answers whether any did. */
    private boolean relieve(Room full, Owner owner) {
        return histories
                .of(other -> full == Room.SERVER_FULL || other.equals(owner))
                .sorted(Comparator.comparingLong(History::hostBytes).reversed())
                .anyMatch(History::giveBack);
    }

    /** The same, and nothing is given back for it. */
    Room claimFree(Owner owner, long amount) {
        AtomicLong own = ofOwners.computeIfAbsent(owner, none -> new AtomicLong());
        if (!add(own, amount, quotas.most(owner, Quota.MACHINE_BYTES))) {
            return Room.OWNER_FULL;
        }
        if (!add(bytes, amount, mostBytes)) {
            own.addAndGet(-amount);
            return Room.SERVER_FULL;
        }
        return Room.FREE;
    }

    private static boolean add(AtomicLong held, long amount, long most) {
        long before = held.get();
        while (amount <= most - before) {
            if (held.compareAndSet(before, before + amount)) {
                return true;
            }
            before = held.get();
        }
        return false;
    }

    /** Counts bytes that are there, or no longer there, whether or not there is room. */
    void recount(Owner owner, long amount) {
        bytes.addAndGet(amount);
        ofOwners.computeIfAbsent(owner, none -> new AtomicLong()).addAndGet(amount);
    }
}
