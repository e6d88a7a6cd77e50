/** Is what Prometheus is told true, and does it come from the configuration? */
@NullMarked
package dev.faultline.telemetry;

import org.jspecify.annotations.NullMarked;
