/**
 * What Prometheus sees: metrics of the service summed over its machines ({@code ServiceSeries}), a
 * scrape target for each machine and the list of targets ({@code TargetController}), and how
 * requests are measured ({@code RequestMeters}). {@code MachineSeries} has the metrics of machines;
 * read it first.
 *
 * <p>Counts are read when Prometheus scrapes. Nothing here is called while a machine runs, and
 * nothing here changes a machine.
 */
@NullMarked
package dev.faultline.telemetry;

import org.jspecify.annotations.NullMarked;
