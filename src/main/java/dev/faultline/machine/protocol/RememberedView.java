package dev.faultline.machine.protocol;

import org.jspecify.annotations.Nullable;

/** A frame and what the policy remembers of it: an age, a count, a time, or null. */
public record RememberedView(
        int frame, boolean referenced, boolean dirty, @Nullable Long remembered) {}
