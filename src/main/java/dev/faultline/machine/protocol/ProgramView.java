package dev.faultline.machine.protocol;

/** A process's program: how many accesses it has, how many of them are made, about. */
public record ProgramView(String id, long accesses, long done, long think) {}
