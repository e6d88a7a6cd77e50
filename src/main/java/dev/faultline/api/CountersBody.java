package dev.faultline.api;

import dev.faultline.machine.Counter;
import dev.faultline.machine.Counters;

/** Counters on the wire: of a machine, of a process, or the change that a request made. */
record CountersBody(
        long accesses,
        long reads,
        long writes,
        long executes,
        long tlbHits,
        long tlbMisses,
        long tlbFlushes,
        long walkReferences,
        long pageFaults,
        long minorFaults,
        long majorFaults,
        long protectionFaults,
        long maps,
        long unmaps,
        long zeroFills,
        long swapIns,
        long swapOuts,
        long fileIns,
        long fileOuts,
        long evictions,
        long cowCopies,
        long cowReuses,
        long forks,
        long signals,
        long mapErrors,
        long accessErrors,
        long contextSwitches,
        long ticks) {

    static CountersBody of(Counters counters) {
        return new CountersBody(
                counters.get(Counter.ACCESSES),
                counters.get(Counter.READS),
                counters.get(Counter.WRITES),
                counters.get(Counter.EXECUTES),
                counters.get(Counter.TLB_HITS),
                counters.get(Counter.TLB_MISSES),
                counters.get(Counter.TLB_FLUSHES),
                counters.get(Counter.WALK_REFERENCES),
                counters.get(Counter.PAGE_FAULTS),
                counters.get(Counter.MINOR_FAULTS),
                counters.get(Counter.MAJOR_FAULTS),
                counters.get(Counter.PROTECTION_FAULTS),
                counters.get(Counter.MAPS),
                counters.get(Counter.UNMAPS),
                counters.get(Counter.ZERO_FILLS),
                counters.get(Counter.SWAP_INS),
                counters.get(Counter.SWAP_OUTS),
                counters.get(Counter.FILE_INS),
                counters.get(Counter.FILE_OUTS),
                counters.get(Counter.EVICTIONS),
                counters.get(Counter.COW_COPIES),
                counters.get(Counter.COW_REUSES),
                counters.get(Counter.FORKS),
                counters.get(Counter.SIGNALS),
                counters.get(Counter.MAP_ERRORS),
                counters.get(Counter.ACCESS_ERRORS),
                counters.get(Counter.CONTEXT_SWITCHES),
                counters.get(Counter.TICKS));
    }
}
