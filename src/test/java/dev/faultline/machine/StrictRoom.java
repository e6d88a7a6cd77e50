package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * A host with memory enough that insists on being asked: no command may leave more behind than was
 * held for it before it began.
 */
final class StrictRoom implements Room {

    private long held;

    @Override
    public long free() {
        return 1L << 40;
    }

    @Override
    public boolean hold(long bytes) {
        held = Math.max(held, bytes);
        return true;
    }

    @Override
    public void settle(long bytes) {
        assertThat(bytes).as("bytes that nobody asked for").isLessThanOrEqualTo(held);
        held = bytes;
    }

    @Override
    public RuntimeException full() {
        return new IllegalStateException("a machine wants more than there is");
    }
}
