/**
 * What Prometheus sees: series of the service summed over its machines, a scrape target for each
 * machine, the list of those targets, and how requests are measured. Counts are read when they are
 * scraped; nothing here is called while a machine runs.
 */
@NullMarked
package dev.faultline.telemetry;

import org.jspecify.annotations.NullMarked;
