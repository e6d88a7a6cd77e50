package dev.faultline.api;

/**
 * Why the rest of a batch or a trace was not issued.
 *
 * @param at the access, counted from 0, that ended its process
 */
record StoppedBody(long at, String reason) {}
