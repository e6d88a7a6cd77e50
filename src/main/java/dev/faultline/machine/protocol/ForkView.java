package dev.faultline.machine.protocol;

/**
 * What copy-on-write saved in the fork that made a process, compared with copying everything at
 * once.
 *
 * @param entries page-table entries duplicated
 * @param framesCopied frames copied by the fork itself
 * @param laterCopies frames that parent and child have copied on writes since
 * @param laterReuses frames that parent or child kept on writes since, without a copy
 * @param eagerCopies frames that an eager fork would have copied
 */
public record ForkView(
        long entries, long framesCopied, long laterCopies, long laterReuses, long eagerCopies) {}
