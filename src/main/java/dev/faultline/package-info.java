/**
 * Faultline: simulated computers with virtual memory, hosted behind HTTP.
 *
 * <p>The packages, each of which knows only those after it: {@code api} (HTTP), {@code telemetry}
 * (Prometheus), {@code hosting} (machines as hosted resources), {@code history} (what happened to
 * them), {@code keys} (who may come in), {@code quotas} (how much each may have), {@code owners}
 * (to whom things belong), {@code analysis} (sweeps and curves), {@code trace} (trace formats), and
 * {@code machine} (the simulated computer). Read {@code machine} first. docs/architecture.md
 * follows one write through all of them.
 */
@NullMarked
package dev.faultline;

import org.jspecify.annotations.NullMarked;
