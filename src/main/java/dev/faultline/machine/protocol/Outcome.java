package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** What a {@link Command} led to. A refusal or a signal is an outcome, not an exception. */
public sealed interface Outcome {

    /** Whether the command changed the machine's state, and so its digest. */
    default boolean changedState() {
        return true;
    }

    /** Done; there is nothing to report. */
    record Done() implements Outcome {}

    /** Everything was already as asked. */
    record Unchanged() implements Outcome {
        @Override
        public boolean changedState() {
            return false;
        }
    }

    /** A process was created or forked. */
    record Made(int pid) implements Outcome {}

    /** An area was mapped at this address, or the heap now ends there. */
    record Mapped(long address) implements Outcome {}

    /**
     * TLB entries were dropped.
     *
     * @param entries how many
     * @param flushed whether that counts as a flush, even if no entry was there
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
     * @param frames how many frames of contents moved
     */
    record Moved(int frames) implements Outcome {
        @Override
        public boolean changedState() {
            return frames > 0;
        }
    }

    /**
     * Pages that were written to; they count as clean from now on.
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
     * @param schedule the time that passed
     * @param finished the processes that ended, in order
     * @param changed whether anything happened or any time passed
     */
    record Ran(RunEnd why, Schedule schedule, List<Integer> finished, boolean changed)
            implements Outcome {

        /** Copies the list of finished processes. */
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
        /** Every program has ended. */
        DONE,
        /** The given number of ticks has passed. */
        TICKS,
        /** The given number of accesses was made. */
        ACCESSES,
        /** The watched counter reached its value. */
        CONDITION,
        /** Only the step is over; the run is not. */
        PAUSED
    }

    /**
     * The time of a run, in ticks.
     *
     * @param ticks the time that passed
     * @param cpuTicks time that the processors worked, summed over them
     * @param switchTicks the part of that spent on context switches
     * @param idleTicks time that the processors had nothing to do, summed over them
     * @param diskTicks time that the disk worked, counted as it passed
     * @param someTicks time in which at least one process waited for a page
     * @param fullTicks the part of that in which no processor had anything to do
     */
    record Schedule(
            long ticks,
            long cpuTicks,
            long switchTicks,
            long idleTicks,
            long diskTicks,
            long someTicks,
            long fullTicks) {

        /** The share of the processors' time in which they worked, 0 to 1; 0 if no time passed. */
        public double utilisation() {
            return share(cpuTicks);
        }

        /** The same without context switches. */
        public double efficiency() {
            return share(cpuTicks - switchTicks);
        }

        private double share(long part) {
            long all = cpuTicks + idleTicks;
            return all == 0 ? 0 : (double) part / all;
        }

        /** The sum of this run and the one after it. */
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

        /** This run without its first part. */
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
     * @param error the errno that a system call would return, such as ENOMEM
     */
    record Refused(String error, String why) implements Outcome {
        @Override
        public boolean changedState() {
            return false;
        }
    }

    /** The command names a process that cannot do anything; nothing changed. */
    record NoProcess(int pid, Why why) implements Outcome {

        @Override
        public boolean changedState() {
            return false;
        }

        /** Why it cannot. */
        public enum Why {
            /** There never was such a process. */
            UNKNOWN,
            /** The process has ended. */
            ENDED,
            /** It waits until the child that borrowed its memory ends or runs exec. */
            BLOCKED
        }
    }

    /**
     * Accesses were issued.
     *
     * @param issued how many accesses, including the one that ended the process
     * @param ticks how many clock ticks came between them
     * @param ticked whether any of those ticks changed anything
     * @param results one for each access and each tick if they were asked for, otherwise empty
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
     * @param at the index in the block of the access that ended the process or could not be issued
     * @param noProcess the process that could not be found, or null if a signal ended the process
     */
    record Stop(int at, @Nullable NoProcess noProcess) {}
}
