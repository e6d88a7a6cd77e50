/**
 * Machines that are ready to be looked at: the lectures' own examples and others, each a spec and a
 * list of commands. They use a machine as any client does.
 */
@NullMarked
package dev.faultline.machine.presets;

import org.jspecify.annotations.NullMarked;
