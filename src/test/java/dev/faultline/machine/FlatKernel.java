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

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The kernel's own mappings of frames, at random: what it reads is what all who map the frame have
 * there, and what it writes they all have from then on.
 */
final class FlatKernel {

    private final Witness witness;
    private final Machine machine;
    private final SplittableRandom random;
    private final Map<Integer, FlatProcess> live;
    private final Map<String, FlatObject> objects;

    FlatKernel(
            Witness witness,
            SplittableRandom random,
            Map<Integer, FlatProcess> live,
            Map<String, FlatObject> objects) {
        this.witness = witness;
        this.machine = witness.machine();
        this.random = random;
        this.live = live;
        this.objects = objects;
    }

    void step() {
        int frame = random.nextInt(machine.spec().frames());
        FrameTable frames = machine.parts().frames();
        boolean mapped = machine.parts().reverse().isInKernel(frame);
        switch (random.nextInt(4)) {
            case 0 -> {
                boolean fits =
                        frames.isUsed(frame)
                                && !mapped
                                && !machine.parts().tableFrames().owns(frame);
                Outcome outcome =
                        witness.apply(
                                new Command.MapFrame(
                                        frame,
                                        Protection.READ | random.nextInt(2) * Protection.WRITE));
                assertThat(outcome instanceof Outcome.Mapped).isEqualTo(fits);
            }
            case 1 -> {
                Outcome outcome = witness.apply(new Command.UnmapFrame(frame));
                assertThat(outcome instanceof Outcome.Done).isEqualTo(mapped);
            }
            default -> access(frame, mapped);
        }
    }

    /** Takes all of the kernel's mappings away, so that what it wrote is on the disk. */
    void unmapAll() {
        for (int frame = 0; frame < machine.spec().frames(); frame++) {
            witness.apply(new Command.UnmapFrame(frame));
        }
        assertThat(machine.inspect().kernelPages(0, 1)).isEmpty();
    }

    private void access(int frame, boolean mapped) {
        if (machine.parts().tableFrames().isFramed() && !mapped || machine.taskOrNull(0) == null) {
            return;
        }
        List<byte[]> pages = pages(frame);
        if (mapped && pages.isEmpty()) {
            return; // memory without a name
        }
        int offset = random.nextInt(FlatProcess.BYTES);
        int op = random.nextInt(2);
        byte value = (byte) random.nextInt();
        Long stored = op == Op.WRITE ? Long.valueOf(value & 0xFF) : null;
        long page = machine.spec().pageSize();
        AccessResult result =
                witness.access(0, op, frame * page + offset, 1, stored).results().getFirst();
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
