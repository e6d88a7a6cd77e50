/**
 * What happened to a machine: its records, its earlier versions, and what differs between two. The
 * earlier state itself is shown by every endpoint that reads from a machine, with {@code ?at=}.
 */
@NullMarked
package dev.faultline.api.history;

import org.jspecify.annotations.NullMarked;
