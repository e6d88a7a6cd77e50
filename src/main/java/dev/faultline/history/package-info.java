/**
 * What happened to a machine, so that it can happen again: the written form of commands, programs
 * and specs, one record for each version, checkpoints between them, and replays. Begin with {@link
 * dev.faultline.history.History}. It knows machines and traces, and nothing of hosting or of HTTP.
 */
@NullMarked
package dev.faultline.history;

import org.jspecify.annotations.NullMarked;
