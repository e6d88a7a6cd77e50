/**
 * Second, slow implementations of the machine's rules, to check the real one against.
 *
 * <p>They are written from the rules alone and share no code with the machine. Everything is kept
 * in plain collections, every question is answered by looking, and nothing is optimised. Where the
 * two disagree, one of them has read a rule wrongly.
 *
 * <p>Read {@link dev.faultline.oracle.SlowMachine} first: it holds the whole way of an access.
 * Beside it are a scheduler, a course's lab as a student would write it, and the memory of a
 * process as plain bytes. The replacement policies have a package of their own.
 */
@NullMarked
package dev.faultline.oracle;

import org.jspecify.annotations.NullMarked;
