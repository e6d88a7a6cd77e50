package dev.faultline.api.web;

import dev.faultline.owners.Caller;

/** Knows who sends the request that this thread answers. */
public interface Callers {

    /** Who asks. */
    Caller current();
}
