package dev.faultline.api.history;

import dev.faultline.api.web.Address;
import dev.faultline.history.Step;
import dev.faultline.machine.protocol.Command;

import io.swagger.v3.oas.annotations.media.Schema;

import org.jspecify.annotations.Nullable;

import java.util.List;
import java.util.Locale;
import java.util.Objects;

/** A command that a machine obeyed, as far as a list of them shows it; null is what it has not. */
record CommandBody(
        String command,
        @Nullable Integer pid,
        @Nullable Long accesses,
        @Schema(implementation = Address.class) @Nullable String start,
        @Nullable Long length,
        @Nullable String name,
        @Nullable Integer frame,
        @Nullable Long to) {

    private CommandBody(String command, @Nullable Integer pid) {
        this(command, pid, null, null, null, null, null, null);
    }

    /** Whether another is of the same kind, and of accesses of the same process. */
    boolean isMoreOf(CommandBody other) {
        return accesses != null
                && other.accesses != null
                && command.equals(other.command)
                && Objects.equals(pid, other.pid);
    }

    /** Both together. */
    CommandBody with(CommandBody more) {
        long sum = Objects.requireNonNull(accesses) + Objects.requireNonNull(more.accesses);
        return accesses(command, pid, sum);
    }

    private static CommandBody accesses(String command, @Nullable Integer pid, long count) {
        return new CommandBody(command, pid, count, null, null, null, null, null);
    }

    /** What is shown of a step. */
    static CommandBody of(Step step) {
        return switch (step) {
            case Step.Obeyed(Command command, List<Long> sizes) -> of(command, sizes);
            case Step.Reset reset -> new CommandBody("reset", null);
            case Step.Rewound rewound ->
                    new CommandBody("rewind", null, null, null, null, null, null, rewound.to());
        };
    }

    private static CommandBody of(Command command, List<Long> sizes) {
        String word = word(command.getClass());
        return switch (command) {
            case Command.Access access ->
                    accesses(
                            word,
                            access.block().hasPids() ? null : (Integer) access.pid(),
                            sizes.stream().mapToLong(Long::longValue).sum());
            case Command.CreateProcess create -> named(word, null, create.name());
            case Command.Switch to -> new CommandBody(word, to.pid());
            case Command.Fork fork -> new CommandBody(word, fork.pid());
            case Command.Vfork fork -> new CommandBody(word, fork.pid());
            case Command.Exec exec -> named(word, exec.pid(), exec.name());
            case Command.SetHandler set -> new CommandBody(word, set.pid());
            case Command.Exit exit -> new CommandBody(word, exit.pid());
            case Command.Map map -> range(word, map.pid(), map.start(), map.length());
            case Command.Unmap map -> range(word, map.pid(), map.start(), map.length());
            case Command.Protect some -> range(word, some.pid(), some.start(), some.length());
            case Command.ProtectMany many -> new CommandBody(word, many.pid());
            case Command.Advise some -> range(word, some.pid(), some.start(), some.length());
            case Command.Sync some -> range(word, some.pid(), some.start(), some.length());
            case Command.Lock some -> range(word, some.pid(), some.start(), some.length());
            case Command.Dirty some -> range(word, some.pid(), some.start(), some.length());
            case Command.Remap some -> range(word, some.pid(), some.start(), some.length());
            case Command.PutFile put -> named(word, null, put.name());
            case Command.MapFrame map -> frame(word, map.frame());
            case Command.UnmapFrame map -> frame(word, map.frame());
            case Command.Pin pin -> frame(word, pin.frame());
            case Command.GiveProgram give -> new CommandBody(word, give.pid());
            case Command.PutGroup group -> named(word, null, group.name());
            case Command.JoinGroup join -> named(word, join.pid(), join.group());
            case Command.FlushTlb flush -> new CommandBody(word, flush.pid());
            case Command.Brk brk -> range(word, brk.pid(), null, brk.increment());
            case Command.SwapOut swap -> new CommandBody(word, swap.pid());
            case Command.SwapIn swap -> new CommandBody(word, swap.pid());
            case Command.Run run -> new CommandBody(word, null);
            case Command.Instruction one -> new CommandBody(word, null);
            case Command.Compact compact -> new CommandBody(word, null);
            case Command.ClearCounters clear -> new CommandBody(word, null);
        };
    }

    private static CommandBody range(String word, int pid, @Nullable Long start, long length) {
        String from = start == null ? null : Address.format(start);
        return new CommandBody(word, pid, null, from, length, null, null, null);
    }

    private static CommandBody named(String word, @Nullable Integer pid, String name) {
        return new CommandBody(word, pid, null, null, null, name, null, null);
    }

    private static CommandBody frame(String word, int frame) {
        return new CommandBody(word, null, null, null, null, null, frame, null);
    }

    /** The word for a kind of command: its name, with hyphens. */
    private static String word(Class<?> kind) {
        return kind.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
    }
}
