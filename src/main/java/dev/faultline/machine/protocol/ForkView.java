package dev.faultline.machine.protocol;

/**
 * What the fork that made a process came to, against one that copies everything at once.
 *
 * @param entries page-table entries duplicated
 * @param framesCopied frames copied by the fork itself
 * @param laterCopies copies that parent and child have made on writes since
 * @param laterReuses frames that parent or child could keep on writes since
 * @param eagerCopies pages that would have been copied at once
 */
public record ForkView(
        long entries, long framesCopied, long laterCopies, long laterReuses, long eagerCopies) {}
