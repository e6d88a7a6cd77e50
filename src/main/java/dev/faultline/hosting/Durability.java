package dev.faultline.hosting;

/** What of a machine survives the end of the service. */
public enum Durability {
    /** Nothing: it is kept in memory alone. */
    NONE
}
