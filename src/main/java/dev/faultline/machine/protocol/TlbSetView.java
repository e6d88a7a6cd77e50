package dev.faultline.machine.protocol;

import java.util.List;

/** A set of a TLB that a page's entry can be in. */
public record TlbSetView(String tlb, int set, int sets, List<TlbEntryView> ways) {}
