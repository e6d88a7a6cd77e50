/**
 * Prepared machines: the lectures' own examples and others, each a spec and a list of commands.
 * {@link dev.faultline.machine.presets.Presets} lists them; read it first, then {@code
 * PresetScenes}. A preset uses a machine as any client does: it knows the face of {@code machine},
 * {@code spec} and {@code protocol}, and nothing of the kernel.
 */
@NullMarked
package dev.faultline.machine.presets;

import org.jspecify.annotations.NullMarked;
