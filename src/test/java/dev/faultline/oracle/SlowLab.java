package dev.faultline.oracle;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The third lab of NYU's operating-systems course as a student would hand it in: tables of
 * structures, one loop over the instructions, a pager an algorithm. It shares nothing with the
 * machine.
 */
public final class SlowLab {

    /** A page-table entry. */
    private static final class Entry {
        boolean present;
        boolean referenced;
        boolean modified;
        boolean pagedOut;
        int frame;
    }

    /** A virtual memory area. */
    public record Vma(int start, int end, boolean writeProtected, boolean fileMapped) {}

    private static final class Frame {
        int process = -1;
        int page;
        long age;
        long lastUse;
    }

    private final List<List<Vma>> processes;
    private final Entry[][] tables;
    private final Frame[] frames;
    private final Deque<Integer> free = new ArrayDeque<>();
    private final char algorithm;
    private final int[] randoms;
    private int randomAt;
    private int hand;
    private int instruction;
    private int lastReset;

    private final List<Map<String, Integer>> stats = new ArrayList<>();

    /**
     * A lab before its first instruction.
     *
     * @param processes the areas of each
     * @param pages of each process's table
     * @param algorithm the letter that the lab gives it
     * @param randoms the numbers of its random algorithm, which are taken over and over
     */
    public SlowLab(
            List<List<Vma>> processes, int pages, int frameCount, char algorithm, int[] randoms) {
        this.processes = processes;
        this.algorithm = algorithm;
        this.randoms = randoms;
        tables = new Entry[processes.size()][pages];
        for (Entry[] table : tables) {
            Arrays.setAll(table, page -> new Entry());
            stats.add(new TreeMap<>());
        }
        frames = new Frame[frameCount];
        for (int i = 0; i < frameCount; i++) {
            frames[i] = new Frame();
            free.add(i);
        }
    }

    /** What happened to a process, by the lab's word for it. */
    public int count(int process, String word) {
        return stats.get(process).getOrDefault(word, 0);
    }

    private void note(int process, String word) {
        stats.get(process).merge(word, 1, Integer::sum);
    }

    private Vma vma(int process, int page) {
        for (Vma vma : processes.get(process)) {
            if (vma.start() <= page && page <= vma.end()) {
                return vma;
            }
        }
        return new Vma(1, 0, false, false);
    }

    /** Runs instructions: the operation and its operand. */
    public void run(List<String> instructions) {
        int current = -1;
        for (String line : instructions) {
            instruction++;
            char operation = line.charAt(0);
            int operand = Integer.parseInt(line.substring(2));
            if (operation == 'c') {
                current = operand;
                note(current, "switches");
            } else if (operation == 'e') {
                exit(operand);
            } else {
                access(current, operand, operation == 'w');
            }
        }
    }

    private void access(int process, int page, boolean write) {
        Vma vma = vma(process, page);
        if (vma.start() > vma.end()) {
            note(process, "segv");
            return;
        }
        Entry entry = tables[process][page];
        if (!entry.present) {
            int number = frame();
            if (vma.fileMapped()) {
                note(process, "fins");
            } else {
                note(process, entry.pagedOut ? "ins" : "zeros");
            }
            Frame frame = frames[number];
            frame.process = process;
            frame.page = page;
            frame.age = 0;
            frame.lastUse = 0;
            entry.present = true;
            entry.frame = number;
            entry.referenced = false;
            entry.modified = false;
            note(process, "maps");
        }
        entry.referenced = true;
        if (write && vma.writeProtected()) {
            note(process, "segprot");
        } else if (write) {
            entry.modified = true;
        }
    }

    private int frame() {
        if (!free.isEmpty()) {
            return free.removeFirst();
        }
        int victim = select();
        unmap(victim, true);
        return victim;
    }

    private void unmap(int number, boolean toSwap) {
        Frame frame = frames[number];
        Entry entry = tables[frame.process][frame.page];
        note(frame.process, "unmaps");
        entry.present = false;
        if (entry.modified && vma(frame.process, frame.page).fileMapped()) {
            note(frame.process, "fouts");
        } else if (entry.modified && toSwap) {
            note(frame.process, "outs");
            entry.pagedOut = true;
        }
        frame.process = -1;
    }

    private void exit(int process) {
        for (Entry entry : tables[process]) {
            if (entry.present) {
                unmap(entry.frame, false);
                free.addLast(entry.frame);
            }
            entry.pagedOut = false;
        }
    }

    private Entry entryOf(int number) {
        return tables[frames[number].process][frames[number].page];
    }

    private int select() {
        int victim =
                switch (algorithm) {
                    case 'f' -> hand;
                    case 'r' -> randoms[randomAt++ % randoms.length] % frames.length;
                    case 'c' -> clock();
                    case 'e' -> nru();
                    case 'a' -> aging();
                    default -> workingSet();
                };
        hand = (victim + 1) % frames.length;
        return victim;
    }

    private int clock() {
        int at = hand;
        while (entryOf(at).referenced) {
            entryOf(at).referenced = false;
            at = (at + 1) % frames.length;
        }
        return at;
    }

    private int nru() {
        int[] firstOfClass = {-1, -1, -1, -1};
        for (int i = 0; i < frames.length; i++) {
            int at = (hand + i) % frames.length;
            Entry entry = entryOf(at);
            int rank = 2 * (entry.referenced ? 1 : 0) + (entry.modified ? 1 : 0);
            if (firstOfClass[rank] < 0) {
                firstOfClass[rank] = at;
            }
        }
        if (instruction - lastReset >= 50) {
            for (int i = 0; i < frames.length; i++) {
                entryOf(i).referenced = false;
            }
            lastReset = instruction;
        }
        for (int first : firstOfClass) {
            if (first >= 0) {
                return first;
            }
        }
        throw new IllegalStateException();
    }

    private int aging() {
        int best = -1;
        for (int i = 0; i < frames.length; i++) {
            int at = (hand + i) % frames.length;
            Frame frame = frames[at];
            frame.age = frame.age / 2 + (entryOf(at).referenced ? 0x80000000L : 0);
            entryOf(at).referenced = false;
            if (best < 0 || frame.age < frames[best].age) {
                best = at;
            }
        }
        return best;
    }

    private int workingSet() {
        int oldest = -1;
        for (int i = 0; i < frames.length; i++) {
            int at = (hand + i) % frames.length;
            Frame frame = frames[at];
            if (entryOf(at).referenced) {
                entryOf(at).referenced = false;
                frame.lastUse = instruction;
            } else if (instruction - frame.lastUse > 49) {
                return at;
            }
            if (oldest < 0 || frame.lastUse < frames[oldest].lastUse) {
                oldest = at;
            }
        }
        return oldest;
    }
}
