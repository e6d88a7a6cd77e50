/**
 * Memory traces: readers, bytes of a published format in and blocks of accesses for a machine out;
 * {@link dev.faultline.trace.StoredTrace}, a trace in a file of our own; and {@link
 * dev.faultline.trace.TraceExport}, which writes it in any format again.
 *
 * <p>Read {@link dev.faultline.trace.TraceFormat} first, the list of all formats; then {@link
 * dev.faultline.trace.TraceReader}, what a reader promises, and {@code BlockReader}, how the
 * promise is kept when a trace is garbled. Then there is one reader a file: {@code LackeyReader},
 * {@code DineroReader} and {@code UcsdReader} read lines ({@code LineReader}), {@code PagesReader}
 * words, {@code ObjectsReader} columns, {@code NyuMmuReader} a lab's processes and instructions,
 * {@code BinaryReader} packed words, {@code NdjsonReader} and {@code ColumnsReader} JSON. {@link
 * dev.faultline.trace.AccessJson} is the grammar of one access in JSON, for traces and for batches.
 *
 * <p>Nothing here knows of HTTP, Spring, or how machines are hosted; of a machine it knows its
 * spec, the block of accesses and, for the lab, the commands that make, switch and end processes. A
 * reader allocates nothing for each access.
 */
@NullMarked
package dev.faultline.trace;

import org.jspecify.annotations.NullMarked;
