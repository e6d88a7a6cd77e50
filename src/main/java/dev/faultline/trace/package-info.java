/**
 * Memory traces: readers that turn a published format into blocks of accesses; {@link
 * dev.faultline.trace.StoredTrace}, a trace in a file of our own; and {@link
 * dev.faultline.trace.TraceExport}, which writes a stored trace in any format.
 *
 * <p>Read {@link dev.faultline.trace.TraceFormat} first, the list of formats. Then {@link
 * dev.faultline.trace.TraceReader} (what a reader promises) and {@code BlockReader} (how it keeps
 * the promise when a trace is malformed). After that there is one reader per file: {@code
 * LineReader} is the base of the readers of lines, {@code PagesReader} reads words, {@code
 * ObjectsReader} columns, {@code NyuMmuReader} a lab's processes and instructions, {@code
 * BinaryReader} packed words, {@code NdjsonReader} and {@code ColumnsReader} JSON. {@link
 * dev.faultline.trace.AccessJson} is the grammar of one access in JSON, for traces and batches.
 *
 * <p>Nothing here knows about HTTP, Spring or how machines are hosted. Of a machine it knows the
 * spec, the block of accesses and, for the lab, the commands that create, switch and end processes.
 * A reader allocates nothing per access.
 */
@NullMarked
package dev.faultline.trace;

import org.jspecify.annotations.NullMarked;
