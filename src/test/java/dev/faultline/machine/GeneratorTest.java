package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Generator;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.HashSet;
import java.util.Set;

/** Do generated programs do what their names say? */
class GeneratorTest {

    private static final int ACCESSES = 5000;

    /** A collector copies nothing that was never made, from the first cycle on. */
    @ParameterizedTest
    @CsvSource({"64, 0.3", "640, 0.3", "4096, 0", "4096, 0.9", "5000, 0.5", "128, 0.9"})
    void theCollectorCopiesOnlyWhatWasMade(long bytes, double live) {
        MachineSpec spec =
                MachineSpec.of(Specs.small("lru", 16, SpecValues.EMPTY, null, null), Specs.BOUNDS);
        Generator.Shape shape =
                new Generator.Shape(
                        Generator.Kind.GARBAGE_COLLECTOR,
                        ACCESSES,
                        64,
                        Math.max(128, bytes),
                        8,
                        0,
                        1,
                        1,
                        4,
                        8,
                        live);
        AccessBlock block = new AccessBlock(spec, ACCESSES);
        new Generator(shape, spec.pageSize()).fill(block, 0, ACCESSES);
        Set<Long> made = new HashSet<>();
        int copied = 0;
        long half = shape.bytes() / Generator.OBJECT / 2;
        for (int i = 0; i < block.count(); i++) {
            long address = AccessBlock.address(block.words()[i]);
            assertThat(address).isBetween(64L, 63 + shape.bytes());
            if (AccessBlock.op(block.words()[i]) == Op.WRITE) {
                made.add(address);
                assertThat(i < half || made.size() >= half).isTrue(); // one half is filled first
            } else {
                assertThat(made).contains(address);
                copied++;
            }
        }
        assertThat(copied > 0).isEqualTo(live > 0 && half > 1);
    }
}
