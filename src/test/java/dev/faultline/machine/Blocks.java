package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;

import java.util.ArrayList;
import java.util.List;

/** Shows tests what a block of accesses holds. */
public final class Blocks {

    private Blocks() {}

    /** A line an access: {@code write 0x6004 size 4 value 7 pid 2}; defaults are left out. */
    public static List<String> show(AccessBlock block) {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < block.count(); i++) {
            long word = block.words()[i];
            StringBuilder line =
                    new StringBuilder(Op.name((int) (word >>> AccessBlock.OP_SHIFT)))
                            .append(" 0x")
                            .append(Long.toHexString(AccessBlock.address(word)));
            if (block.size(i) != 1) {
                line.append(" size ").append(block.size(i));
            }
            if (block.stores(i)) {
                line.append(" value ").append(Long.toUnsignedString(block.value(i)));
            }
            if (block.hasPids()) {
                line.append(" pid ").append(block.pid(i));
            }
            lines.add(line.toString());
        }
        return lines;
    }
}
