/**
 * What processes have mapped: areas and their pages, files, and the kernel's own mappings. Read
 * {@code AreaController} first.
 */
@NullMarked
package dev.faultline.api.memory;

import org.jspecify.annotations.NullMarked;
