/**
 * A second, slow implementation of the machine's counting rules, to check the real one against.
 *
 * <p>It is written from the rules alone and shares no code with the machine. Everything is kept in
 * plain collections, every question is answered by looking, and nothing is optimised. Where the two
 * disagree, one of them has read a rule wrongly.
 *
 * <p>Read {@link dev.faultline.oracle.SlowMachine} first: it holds the whole way of an access.
 */
@NullMarked
package dev.faultline.oracle;

import org.jspecify.annotations.NullMarked;
