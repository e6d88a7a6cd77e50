/**
 * Processes: making, forking, swapping and ending them, their programs and the runs of those, their
 * turns, groups and handlers.
 */
@NullMarked
package dev.faultline.api.processes;

import org.jspecify.annotations.NullMarked;
