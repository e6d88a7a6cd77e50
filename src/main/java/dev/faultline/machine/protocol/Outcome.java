package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** What a {@link Command} came to. A refusal or a signal is an outcome, not an exception. */
public sealed interface Outcome {

    /** Whether the machine's state, and with it the digest, is another than before. */
    default boolean changedState() {
        return true;
    }

    /** Done; there is nothing to tell. */
    record Done() implements Outcome {}

    /** All was as it was asked to be, and stays so. */
    record Unchanged() implements Outcome {
        @Override
        public boolean changedState() {
            return false;
        }
    }

    /** A process was made or forked. */
    record Made(int pid) implements Outcome {}

    /** An area was made at an address, or the heap ends there now. */
    record Mapped(long address) implements Outcome {}

    /**
     * Entries were dropped from the TLB.
     *
     * @param entries how many
     * @param flushed whether that counts as a flush, whatever there was to drop
     */
    record Dropped(int entries, boolean flushed) implements Outcome {
        @Override
        public boolean changedState() {
            return entries > 0 || flushed;
        }
    }

    /**
     * Segments were moved together.
     *
     * @param frames how many frames went to another place
     */
    record Moved(int frames) implements Outcome {
        @Override
        public boolean changedState() {
            return frames > 0;
        }
    }

    /**
     * Pages that were written to, and are marked as clean from now on.
     *
     * @param pages their numbers, in ascending order
     */
    record Pages(List<Long> pages) implements Outcome {
        @Override
        public boolean changedState() {
            return !pages.isEmpty();
        }
    }

    /**
     * Programs ran.
     *
     * @param why what ended the run
     * @param schedule what passed during it
     * @param finished the processes that came to their ends, in order
     * @param changed whether anything happened or any time passed; else the machine is as it was
     */
    record Ran(RunEnd why, Schedule schedule, List<Integer> finished, boolean changed)
            implements Outcome {

        public Ran {
            finished = List.copyOf(finished);
        }

        @Override
        public boolean changedState() {
            return changed;
        }
    }

    /** What ended a run. */
    enum RunEnd {
        /** Every program is at its end. */
        DONE,
        TICKS,
        ACCESSES,
        /** A counter has got to where it was to get. */
        CONDITION,
        /** The run is not over, but its step. */
        PAUSED
    }

    /**
     * The time of a run, in ticks.
     *
     * @param ticks that passed
     * @param cpuTicks of all processors at work
     * @param switchTicks of these that went into switches from one process to another
     * @param idleTicks of all processors with nothing to do
     * @param diskTicks of the disk at work, as they passed
     * @param someTicks in which a process waited for a page
     * @param fullTicks of these in which no processor had anything to do
     */
    record Schedule(
            long ticks,
            long cpuTicks,
            long switchTicks,
            long idleTicks,
            long diskTicks,
            long someTicks,
            long fullTicks) {

        /** The share of the processors' time that they worked; 0 of no time. */
        public double utilisation() {
            return share(cpuTicks);
        }

        /** The share of the processors' time that they worked for processes; 0 of no time. */
        public double efficiency() {
            return share(cpuTicks - switchTicks);
        }

        private double share(long part) {
            long all = cpuTicks + idleTicks;
            return all == 0 ? 0 : (double) part / all;
        }

        /** What this and another came to, one after the other. */
        public Schedule plus(Schedule after) {
            return new Schedule(
                    ticks + after.ticks,
                    cpuTicks + after.cpuTicks,
                    switchTicks + after.switchTicks,
                    idleTicks + after.idleTicks,
                    diskTicks + after.diskTicks,
                    someTicks + after.someTicks,
                    fullTicks + after.fullTicks);
        }

        /** What came after another. */
        public Schedule minus(Schedule before) {
            return new Schedule(
                    ticks - before.ticks,
                    cpuTicks - before.cpuTicks,
                    switchTicks - before.switchTicks,
                    idleTicks - before.idleTicks,
                    diskTicks - before.diskTicks,
                    someTicks - before.someTicks,
                    fullTicks - before.fullTicks);
        }
    }

    /**
     * The simulated kernel refused, and nothing changed.
     *
     * @param error the name that a system call would set errno to
     */
    record Refused(String error, String why) implements Outcome {
        @Override
        public boolean changedState() {
            return false;
        }
    }

    /** The command names a process that can do nothing; nothing changed. */
    record NoProcess(int pid, Why why) implements Outcome {

        @Override
        public boolean changedState() {
            return false;
        }

        /** Why it can do nothing. */
        public enum Why {
            UNKNOWN,
            ENDED,
            /** It waits until the child that borrowed its memory has ended or run exec. */
            BLOCKED
        }
    }

    /**
     * Accesses were issued.
     *
     * @param issued how many, the one that ended the process included
     * @param ticks how many ticks of the clock came between them
     * @param ticked whether a tick among them changed anything
     * @param results one for each access and each tick if they were asked for, else none
     * @param stopped why the rest of the block was not issued, or null
     */
    record Accessed(
            int issued,
            int ticks,
            boolean ticked,
            List<AccessResult> results,
            @Nullable Stop stopped)
            implements Outcome {
        @Override
        public boolean changedState() {
            return issued > 0 || ticked;
        }
    }

    /**
     * Why a block was not issued to its end.
     *
     * @param at the place in the block, counted from 0, of the access that ended the process or
     *     could not be issued
     * @param noProcess the process that could not be found, or null when a signal ended the process
     */
    record Stop(int at, @Nullable NoProcess noProcess) {}
}
