package dev.faultline.hosting;

import org.jspecify.annotations.Nullable;

import java.time.Instant;

/**
 * What is said of a machine as it is now, and not of one as it was.
 *
 * @param quarantine why it is set aside, or null
 * @param expires when it ends unless it is changed before; null for never
 */
public record Standing(@Nullable Quarantine quarantine, @Nullable Instant expires) {

    /** That of a machine as it was. */
    static final Standing PAST = new Standing(null, null);

    /**
     * Why a machine is set aside: a command broke off half-way, so that its state is not one that
     * commands lead to. It can be read, reset and deleted.
     *
     * @param version the version that this made
     * @param why in words
     */
    public record Quarantine(long version, String why) {}
}
