package dev.faultline.machine.protocol;

/**
 * A process's program.
 *
 * @param accesses the number of accesses in it
 * @param done about how many of them have been made
 * @param think ticks of computing before each
 */
public record ProgramView(String id, long accesses, long done, long think) {}
