/**
 * Processes: creating, forking, swapping and ending them; their programs, runs, turns, groups and
 * handlers. Read {@code ProcessController} first, then {@code RunController}.
 */
@NullMarked
package dev.faultline.api.processes;

import org.jspecify.annotations.NullMarked;
