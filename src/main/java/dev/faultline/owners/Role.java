package dev.faultline.owners;

/** What a caller may do. */
public enum Role {
    /** Uses its own things. */
    STUDENT,
    /** Uses everything of its tenant. */
    TEACHER,
    /** Reads counters, metrics and targets of its tenant, or of all, and nothing else. */
    METRICS,
    /** Uses everything, and gives out keys. */
    ADMIN
}
