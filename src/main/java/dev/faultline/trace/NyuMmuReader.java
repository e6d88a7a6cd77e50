package dev.faultline.trace;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.spec.MachineSpec;

import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the input of the third lab of NYU's operating-systems course: the number of processes; for
 * each the number of its areas, and a line an area, first and last page, whether it is
 * write-protected and whether it is file-mapped; then instructions, {@code c} (a process runs),
 * {@code r} and {@code w} (a page is read or written), {@code e} (a process ends). Lines that begin
 * with {@code #} are comments.
 *
 * <p>Process n becomes pid n + 1, and survives its signals. A file-mapped area gets a file of its
 * own, full of zeros. A page in no area, or beyond the space, is a signal, not an error.
 */
final class NyuMmuReader extends LineReader {

    private static final int MOST_PROCESSES = 1000;
    private static final int MOST_AREAS = 1000;
    private static final long MOST_FILE_BYTES = 1L << 24;
    private static final int UNKNOWN = -1;
    private static final int NOBODY = -1;

    private final MachineSpec spec;
    private final List<Command> commands = new ArrayList<>();
    private final long[] numbers = new long[4];
    private final List<MemoryArea> areas = new ArrayList<>();

    private int processes = UNKNOWN;
    private int areasLeft = UNKNOWN;

    /** Whether each process of those that are made already has ended. */
    private final List<Boolean> ended = new ArrayList<>();

    private int current = NOBODY;

    NyuMmuReader(InputStream in, MachineSpec spec) {
        super(in);
        this.spec = spec;
    }

    @Override
    boolean isPending() {
        return !commands.isEmpty();
    }

    @Override
    public List<Command> takeCommands() {
        List<Command> taken = List.copyOf(commands);
        commands.clear();
        return taken;
    }

    @Override
    int line(byte[] bytes, int at, AccessBlock block) throws TraceException {
        int next = skipBlanks(bytes, at);
        if (bytes[next] == '#') {
            return skipLine(bytes, next);
        }
        if (isEnd(bytes[next])) {
            return endOfLine(bytes, next);
        }
        if (processes == UNKNOWN) {
            next = numbers(bytes, next, 1, "the number of processes");
            processes = bounded(numbers[0], 1, MOST_PROCESSES, "processes");
        } else if (ended.size() < processes && areasLeft == UNKNOWN) {
            next = numbers(bytes, next, 1, "the number of a process's areas");
            areasLeft = bounded(numbers[0], 0, MOST_AREAS, "areas");
            makeIfComplete();
        } else if (ended.size() < processes) {
            next = numbers(bytes, next, 4, "first page, last page, write-protected, file-mapped");
            area();
            makeIfComplete();
        } else {
            next = instruction(bytes, next, block);
        }
        return endOfLine(bytes, next);
    }

    /** Reads a number of decimal numbers. Answers the place behind them. */
    private int numbers(byte[] bytes, int at, int count, String what) throws TraceException {
        int next = at;
        for (int i = 0; i < count; i++) {
            next = skipBlanks(bytes, next);
            int digits = next;
            long number = 0;
            while (Digits.isDecimal(bytes[next]) && next - digits < 18) {
                number = number * 10 + bytes[next] - '0';
                next++;
            }
            if (next == digits || Digits.isDecimal(bytes[next])) {
                throw expected(what);
            }
            numbers[i] = number;
        }
        return next;
    }

    private int bounded(long number, int least, int most, String what) throws TraceException {
        if (number < least || number > most) {
            throw wrong("expected " + least + " to " + most + " " + what + ", found " + number);
        }
        return (int) number;
    }

    private void area() throws TraceException {
        long first = numbers[0];
        long last = numbers[1];
        if (first > last || last >= spec.pages() || numbers[2] > 1 || numbers[3] > 1) {
            throw wrong(
                    "expected first and last page, up to "
                            + (spec.pages() - 1)
                            + ", then 0 or 1 twice");
        }
        long start = first << spec.offsetBits();
        long length = last - first + 1 << spec.offsetBits();
        for (MemoryArea other : areas) {
            if (start < other.end() && other.start() < start + length) {
                throw wrong("the area shares a page with another of its process");
            }
        }
        int protection = Protection.READ | (numbers[2] == 1 ? 0 : Protection.WRITE);
        Backing backing = numbers[3] == 1 ? file(length) : Backing.ANONYMOUS;
        areas.add(new MemoryArea(start, length, protection, backing));
        areasLeft--;
    }

    private Backing file(long length) throws TraceException {
        if (length > MOST_FILE_BYTES) {
            throw wrong(
                    "a file-mapped area has at most " + MOST_FILE_BYTES + " bytes, not " + length);
        }
        String name = "process-" + ended.size() + "-area-" + areas.size();
        commands.add(Command.PutFile.of(name, new byte[(int) length], Protection.ALL));
        return Backing.file(name, 0, true);
    }

    /** Makes the process once all its areas are known. */
    private void makeIfComplete() {
        if (areasLeft == 0) {
            commands.add(
                    new Command.CreateProcess(
                            "process-" + ended.size(),
                            areas,
                            OnSignal.CONTINUE,
                            Command.Manner.NYU_LAB));
            areas.clear();
            areasLeft = UNKNOWN;
            ended.add(false);
        }
    }

    private int instruction(byte[] bytes, int at, AccessBlock block) throws TraceException {
        byte kind = bytes[at];
        if ("crwe".indexOf(kind) < 0 || skipBlanks(bytes, at + 1) == at + 1) {
            throw expected("c, r, w or e, and a number");
        }
        int next = numbers(bytes, at + 1, 1, "c, r, w or e, and a number");
        if (kind == 'r' || kind == 'w') {
            access(kind == 'w' ? Op.WRITE : Op.READ, block);
        } else {
            change(kind == 'c');
        }
        return next;
    }

    private void access(int op, AccessBlock block) throws TraceException {
        if (current == NOBODY) {
            throw wrong("no process runs: c comes before r and w");
        }
        if (numbers[0] >= 1L << 62 - spec.offsetBits()) {
            throw wrong("no address is as high as page " + numbers[0]);
        }
        int from = block.count();
        block.add(op, numbers[0] << spec.offsetBits());
        block.setPid(from, current + 1);
    }

    private void change(boolean runs) throws TraceException {
        int process = bounded(numbers[0], 0, processes - 1, "(a process)");
        if (ended.get(process)) {
            throw wrong("process " + process + " has ended");
        }
        commands.add(new Command.Instruction());
        if (runs) {
            commands.add(new Command.Switch(process + 1));
            current = process;
        } else {
            commands.add(new Command.Exit(process + 1));
            ended.set(process, true);
            current = current == process ? NOBODY : current;
        }
    }

    @Override
    void end() throws TraceException {
        if (processes == UNKNOWN || ended.size() < processes) {
            throw wrong("the trace ends before all its processes are described");
        }
    }
}
