package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Outcome;

import org.jspecify.annotations.Nullable;

import java.util.function.Function;

/** Passes each command to the part of the kernel that carries it out. */
final class SystemCalls {

    /** The calls of machines with paged memory. */
    record Paged(
            MemoryCalls areas,
            ResizeCalls resizing,
            PageCalls pages,
            FileCalls files,
            KernelWindow window) {}

    private final Cpus cpus;
    private final Tasks tasks;
    private final Accounting accounting;
    private final Kernel kernel;
    private final ProcessExit exits;
    private final Swapper swapper;
    private final MemoryModel model;
    private final Paged paged;
    private final GroupCalls groups;
    private final Reclaim reclaim;
    private final Running running;

    SystemCalls(
            Parts parts,
            Kernel kernel,
            ProcessExit exits,
            Swapper swapper,
            MemoryModel model,
            Paged paged,
            Reclaim reclaim,
            Running running) {
        this.cpus = parts.cpus();
        this.tasks = parts.tasks();
        this.accounting = parts.accounting();
        this.kernel = kernel;
        this.exits = exits;
        this.swapper = swapper;
        this.model = model;
        this.paged = paged;
        this.groups = new GroupCalls(parts);
        this.reclaim = reclaim;
        this.running = running;
    }

    /** Carries a command out. */
    Outcome carryOut(Command command) {
        running.explainNothing();
        Outcome refusal = refusal(command);
        if (refusal != null) {
            return refusal;
        }
        return switch (command) {
            case Command.CreateProcess create -> kernel.create(create);
            case Command.Fork fork -> call(fork.pid(), kernel::fork);
            case Command.Vfork fork -> call(fork.pid(), kernel::vfork);
            case Command.Exec exec -> call(exec.pid(), task -> kernel.exec(task, exec));
            case Command.SetHandler set ->
                    call(set.pid(), task -> kernel.setHandler(task, set.handler()));
            case Command.ProtectMany to ->
                    call(to.pid(), task -> paged.areas().protectMany(task, to));
            case Command.Instruction() -> {
                accounting.total().add(Counter.OTHER_INSTRUCTIONS, 1);
                yield new Outcome.Done();
            }
            case Command.Switch to -> call(to.pid(), kernel::switchTo);
            case Command.Exit exit -> call(exit.pid(), exits::exit);
            case Command.SwapOut out -> call(out.pid(), swapper::out);
            case Command.SwapIn in -> call(in.pid(), swapper::in);
            case Command.Map map -> call(map.pid(), task -> model.map(task, map));
            case Command.Unmap unmap ->
                    call(unmap.pid(), task -> model.unmap(task, unmap.start(), unmap.length()));
            case Command.Protect to -> call(to.pid(), task -> model.protect(task, to));
            case Command.Advise advise ->
                    call(advise.pid(), task -> paged.pages().advise(task, advise));
            case Command.Sync sync -> call(sync.pid(), task -> paged.pages().sync(task, sync));
            case Command.Lock lock -> call(lock.pid(), task -> paged.pages().lock(task, lock));
            case Command.Dirty dirty -> call(dirty.pid(), task -> paged.pages().dirty(task, dirty));
            case Command.Remap remap ->
                    call(remap.pid(), task -> paged.resizing().remap(task, remap));
            case Command.PutFile put -> paged.files().put(put);
            case Command.FlushTlb flush -> flush(flush);
            case Command.MapFrame map -> paged.window().map(map);
            case Command.UnmapFrame unmap -> paged.window().unmap(unmap.frame());
            case Command.Run run -> running.run(run);
            case Command.GiveProgram give -> call(give.pid(), task -> running.admit(task, give));
            case Command.PutGroup put -> groups.put(put);
            case Command.JoinGroup join ->
                    call(join.pid(), task -> groups.join(task, join.group()));
            case Command.Pin pin -> reclaim.pin(pin.frame(), pin.pinned());
            case Command.Compact() -> model.compact();
            case Command.Brk brk -> call(brk.pid(), task -> model.brk(task, brk));
            case Command.Access access -> access(access, 0, access.block().count());
            case Command.ClearCounters() -> running.clearCounters();
        };
    }

    /**
     * Why a command does not apply to the machine, or null. A missing process is reported first.
     */
    private @Nullable Outcome refusal(Command command) {
        Outcome.Refused refusal = model.refuse(command);
        int caller = caller(command);
        Outcome.NoProcess missing =
                refusal == null || caller == Command.KERNEL ? null : tasks.missing(caller);
        return missing == null ? refusal : missing;
    }

    /**
     * The process that makes a call which a memory model may refuse; the kernel's number if none
     * does.
     */
    private static int caller(Command command) {
        return switch (command) {
            case Command.ProtectMany many -> many.pid();
            case Command.SetHandler handler -> handler.pid();
            case Command.Advise advise -> advise.pid();
            case Command.Sync sync -> sync.pid();
            case Command.Lock lock -> lock.pid();
            case Command.Dirty dirty -> dirty.pid();
            case Command.Remap remap -> remap.pid();
            default -> Command.KERNEL;
        };
    }

    /** Carries out a call by one process. */
    private Outcome call(int pid, Function<Task, Outcome> work) {
        Outcome.NoProcess missing = tasks.missing(pid);
        if (missing != null) {
            return missing;
        }
        int before = cpus.here().number();
        cpus.runOn(cpus.homeOf(tasks.get(pid)));
        Outcome outcome = work.apply(tasks.get(pid));
        if (!outcome.changedState()) {
            cpus.runOn(before); // the kernel has been nowhere
        }
        return outcome;
    }

    private Outcome flush(Command.FlushTlb flush) {
        Integer pid = flush.pid();
        return pid == null
                ? kernel.flushTlb(null, null)
                : call(pid, task -> kernel.flushTlb(task, flush.page()));
    }

    /** Makes a block's accesses with index in [{@code from}, {@code to}). */
    Outcome access(Command.Access access, int from, int to) {
        AccessBlock block = access.block();
        boolean named = block.hasPids();
        Outcome.NoProcess missing = named ? null : tasks.missing(access.pid());
        if (missing != null) {
            return missing;
        }
        Task task = named ? null : tasks.get(access.pid());
        return running.run(task, block, from, to, access.explain());
    }
}
