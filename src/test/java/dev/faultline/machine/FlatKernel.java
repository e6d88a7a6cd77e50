package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.FlatProcess.FlatObject;
import dev.faultline.machine.protocol.AccessResult;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Mapping;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.tables.FrameTable;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * The kernel's own mappings of frames, at random: what it reads is what all who map the frame have
 * there, and what it writes they all have from then on.
 */
final class FlatKernel {

    private final Machine machine;
    private final Map<Integer, FlatProcess> live;
    private final Map<String, FlatObject> objects;

    FlatKernel(Machine machine, Map<Integer, FlatProcess> live, Map<String, FlatObject> objects) {
        this.machine = machine;
        this.live = live;
        this.objects = objects;
    }

    /** Something that the kernel may do with a frame, or null for nothing. */
    @Nullable Command next(SplittableRandom random) {
        int frame = random.nextInt(machine.spec().frames());
        return switch (random.nextInt(4)) {
            case 0 ->
                    new Command.MapFrame(
                            frame, Protection.READ | random.nextInt(2) * Protection.WRITE);
            case 1 -> new Command.UnmapFrame(frame);
            default -> access(frame, random);
        };
    }

    private @Nullable Command access(int frame, SplittableRandom random) {
        boolean mapped = machine.parts().reverse().isInKernel(frame);
        boolean hidden = machine.parts().tableFrames().isFramed() && !mapped;
        boolean nameless = mapped && pages(frame).isEmpty();
        if (hidden || nameless || machine.taskOrNull(Tasks.KERNEL) == null) {
            return null;
        }
        long address = frame * machine.spec().pageSize() + random.nextInt(FlatProcess.BYTES);
        Long stored = random.nextBoolean() ? Long.valueOf(random.nextInt(256)) : null;
        int op = stored == null ? Op.READ : Op.WRITE;
        return Specs.access(machine.spec(), Tasks.KERNEL, op, address, 1, stored);
    }

    Consumer<Outcome> expect(Command.MapFrame map) {
        FrameTable frames = machine.parts().frames();
        boolean fits =
                frames.isUsed(map.frame())
                        && !machine.parts().reverse().isInKernel(map.frame())
                        && !machine.parts().tableFrames().owns(map.frame());
        return outcome -> assertThat(outcome instanceof Outcome.Mapped).isEqualTo(fits);
    }

    Consumer<Outcome> expect(Command.UnmapFrame unmap) {
        boolean mapped = machine.parts().reverse().isInKernel(unmap.frame());
        return outcome -> assertThat(outcome instanceof Outcome.Done).isEqualTo(mapped);
    }

    /** An access of a byte to the kernel's mapping of a frame. */
    Consumer<Outcome> expect(Command.Access access) {
        long pageSize = machine.spec().pageSize();
        int op = access.block().op(0);
        int frame = (int) (access.block().address(0) / pageSize);
        int offset = (int) (access.block().address(0) % pageSize);
        byte value = (byte) access.block().value(0);
        boolean mapped = machine.parts().reverse().isInKernel(frame);
        List<byte[]> pages = pages(frame);
        return outcome -> {
            AccessResult result = ((Outcome.Accessed) outcome).results().getFirst();
            Signal signal = result.signal();
            if (!mapped) {
                assertThat(signal).isNotNull().matches(s -> s.code() == Signal.Code.SEGV_MAPERR);
            } else if (signal != null) {
                assertThat(signal.code()).isEqualTo(Signal.Code.SEGV_ACCERR);
                assertThat(op).isEqualTo(Op.WRITE);
            } else if (op == Op.READ) {
                pages.forEach(each -> assertThat(result.value()).isEqualTo(each[offset] & 0xFF));
            } else {
                pages.forEach(each -> each[offset] = value);
            }
        };
    }

    /** Takes all of the kernel's mappings away, so that what it wrote is on the disk. */
    void unmapAll() {
        for (int frame = 0; frame < machine.spec().frames(); frame++) {
            machine.apply(new Command.UnmapFrame(frame));
        }
        assertThat(machine.inspect().kernelPages(0, 1)).isEmpty();
    }

    /** What the model has of a frame's page: the object's, or that of each process that maps it. */
    private List<byte[]> pages(int frame) {
        FrameTable frames = machine.parts().frames();
        int object = frames.object(frame);
        if (object != FrameTable.NONE) {
            String name = machine.parts().objects().object(object).name();
            return Optional.ofNullable(objects.get(name))
                    .map(flat -> flat.page(frames.objectPage(frame)))
                    .stream()
                    .toList();
        }
        List<byte[]> pages = new ArrayList<>();
        for (Mapping mapping : machine.parts().reverse().mappingsOf(frame)) {
            if (mapping.pid() != Tasks.KERNEL) {
                pages.add(Objects.requireNonNull(live.get(mapping.pid())).copy(mapping.page()));
            }
        }
        return pages;
    }
}
