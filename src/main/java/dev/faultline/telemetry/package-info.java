/**
 * What Prometheus sees: meters of the service summed over its machines, a scrape target for each
 * machine, and the list of those targets. Meters read counts when they are scraped; nothing here is
 * called while a machine runs.
 */
@NullMarked
package dev.faultline.telemetry;

import org.jspecify.annotations.NullMarked;
