package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;

import org.junit.jupiter.api.Test;

import java.nio.LongBuffer;

/** Does a block keep what it was given, when it grows and when it is used again? */
class AccessBlockTest {

    private final MachineSpec spec = Specs.of("fifo", 4);

    @Test
    void clearForgetsSizesValuesAndPids() {
        AccessBlock block = new AccessBlock(spec, 4);
        block.addSized(Op.WRITE, 8, 4, true, 7);
        block.setPid(0, 3);
        block.clear();
        block.add(Op.READ, 8);
        assertThat(Blocks.show(block)).containsExactly("read 0x8");
        assertThat(block.hasPids()).isFalse();
        assertThat(block.hasStores()).isFalse();
    }

    @Test
    void packedWordsAreOneByteEach() {
        AccessBlock block = new AccessBlock(spec, 4);
        block.addSized(Op.WRITE, 8, 4, true, 7);
        block.addPacked(LongBuffer.wrap(new long[] {1, 1L << 62 | 2}), 2);
        assertThat(Blocks.show(block))
                .containsExactly("write 0x8 size 4 value 7", "read 0x1", "write 0x2");
    }

    @Test
    void growingKeepsEverything() {
        AccessBlock block = new AccessBlock(spec, 1);
        block.add(Op.EXECUTE, 1);
        block.setPid(0, 1);
        block.addSized(Op.WRITE, 4094, 4, true, 0x04030201);
        block.setPid(1, 2);
        for (int i = 0; i < 40; i++) {
            int from = block.count();
            block.addSized(Op.READ, 16 + i, 2, false, 0);
            block.setPid(from, 3);
        }
        assertThat(Blocks.show(block))
                .hasSize(43)
                .startsWith(
                        "execute 0x1 pid 1",
                        // 0x04030201: what does not fit a piece is not stored by it
                        "write 0xffe size 2 value 67305985 pid 2",
                        "write 0x1000 size 2 value 1027 pid 2",
                        "read 0x10 size 2 pid 3")
                .endsWith("read 0x37 size 2 pid 3");
    }

    @Test
    void capacityStaysWhatItWasMadeFor() {
        AccessBlock block = new AccessBlock(spec, 2);
        block.addSpan(Op.READ, 0, 3 * 4096);
        assertThat(block.count()).isEqualTo(3);
        assertThat(block.capacity()).isEqualTo(2);
    }

    @Test
    void theFirstStoreAfterPlainAccessesLeavesThemPlain() {
        AccessBlock block = new AccessBlock(spec, 8);
        block.add(Op.WRITE, 1);
        block.addSized(Op.READ, 2, 2, false, 0);
        block.addSized(Op.WRITE, 4, 1, true, 0);
        block.add(Op.WRITE, 5);
        assertThat(Blocks.show(block))
                .containsExactly("write 0x1", "read 0x2 size 2", "write 0x4 value 0", "write 0x5");
    }
}
