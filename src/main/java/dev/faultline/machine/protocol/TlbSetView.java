package dev.faultline.machine.protocol;

import java.util.List;

/** The set of a TLB in which a page's entry would be. */
public record TlbSetView(String tlb, int set, int sets, List<TlbEntryView> ways) {}
