/** Does the watching work: Prometheus with our configuration, and every panel of the dashboard? */
@NullMarked
package dev.faultline.watching;

import org.jspecify.annotations.NullMarked;
