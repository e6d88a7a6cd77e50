package dev.faultline.history;

import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.state.UnreadableStateException;

import org.jspecify.annotations.Nullable;

import java.util.List;

/**
 * What commands have to keep to before a machine sees them. Who makes commands keeps to it anyway;
 * commands that are read may come from anyone.
 */
final class CommandRules {

    /** The most host memory that making one program may take. */
    private static final long MOST_PROGRAM_BYTES = 64L << 20;

    private CommandRules() {}

    /** Raises {@link UnreadableStateException} for a command that no request could have led to. */
    static void check(Command command, MachineSpec spec) {
        switch (command) {
            case Command.CreateProcess create -> areas(create.areas(), spec);
            case Command.Exec exec -> areas(exec.areas(), spec);
            case Command.SetHandler set -> handler(set.handler());
            case Command.Map map -> {
                range(map.start(), map.length(), spec);
                protection(map.protection());
            }
            case Command.Unmap some -> range(some.start(), some.length(), spec);
            case Command.Protect some -> {
                range(some.start(), some.length(), spec);
                protection(some.protection());
            }
            case Command.ProtectMany many -> {
                many.ranges().forEach(each -> range(each.start(), each.length(), spec));
                protection(many.protection());
            }
            case Command.Advise some -> range(some.start(), some.length(), spec);
            case Command.Sync some -> range(some.start(), some.length(), spec);
            case Command.Lock some -> range(some.start(), some.length(), spec);
            case Command.Dirty some -> range(some.start(), some.length(), spec);
            case Command.Remap some -> {
                range(some.start(), some.length(), spec);
                check(some.newLength() >= 1 && some.newLength() <= space(spec), "a length");
            }
            case Command.PutFile put -> protection(put.protection());
            case Command.MapFrame map -> {
                frame(map.frame(), spec);
                protection(map.protection());
            }
            case Command.UnmapFrame map -> frame(map.frame(), spec);
            case Command.Pin pin -> frame(pin.frame(), spec);
            case Command.PutGroup group ->
                    check(
                            group.limit() >= 1 && group.protectedFrames() >= 0,
                            "the bounds of a group");
            case Command.GiveProgram give ->
                    check(give.think() >= 0 && give.arrival() >= 0, "a time of a program");
            case Command.Run run ->
                    check(
                            isNoLess(run.ticks()) && isNoLess(run.accesses()) && run.step() >= 1,
                            "a limit of a run");
            default -> {}
        }
    }

    private static boolean isNoLess(@Nullable Long limit) {
        return limit == null || limit >= 0;
    }

    /** Raises {@link UnreadableStateException} for a program that no request could ask for. */
    static void check(Generator.Shape shape, MachineSpec spec) {
        long space = space(spec);
        check(
                shape.accesses() >= 0
                        && shape.start() >= 0
                        && shape.bytes() >= 1
                        && shape.bytes() <= space
                        && shape.start() <= space - shape.bytes()
                        && shape.stride() >= 1
                        && shape.phases() >= 1
                        && shape.workingSet() >= 1
                        && isShare(shape.writes())
                        && isShare(shape.live())
                        && shape.theta() >= 0
                        && shape.theta() <= Float.MAX_VALUE,
                "a generator");
        check(
                Generator.mostHostBytes(shape, spec.pageSize()) <= MOST_PROGRAM_BYTES,
                "the size of a generator");
    }

    private static boolean isShare(double share) {
        return share >= 0 && share <= 1;
    }

    private static void areas(List<MemoryArea> areas, MachineSpec spec) {
        for (MemoryArea area : areas) {
            range(area.start(), area.length(), spec);
            protection(area.protection());
        }
    }

    private static void handler(UserHandler handler) {
        check(handler.tooMuch() == null, "a handler");
    }

    private static void range(@Nullable Long start, long length, MachineSpec spec) {
        long space = space(spec);
        check(length >= 1 && length <= space, "a length");
        check(start == null || start >= 0 && start <= space - length, "a range");
    }

    private static void frame(int frame, MachineSpec spec) {
        check(frame >= 0 && frame < spec.frames(), "a frame");
    }

    private static void protection(int mask) {
        check((mask & ~Protection.ALL) == 0, "a protection");
    }

    private static long space(MachineSpec spec) {
        return spec.lastAddress() + 1;
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new UnreadableStateException(what + " is out of range");
        }
    }
}
