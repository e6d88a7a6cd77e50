package dev.faultline.oracle;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;

/** A slot of the backing store. It is in use while an entry names it or a frame is bound to it. */
final class Slot {

    final int number;

    byte[] bytes = new byte[0];
    final List<PageEntry> namedBy = new ArrayList<>();
    @Nullable Frame boundTo;

    Slot(int number) {
        this.number = number;
    }

    boolean isFree() {
        return namedBy.isEmpty() && boundTo == null;
    }
}
