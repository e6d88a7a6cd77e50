/** Long work that goes on behind an answer. */
@NullMarked
package dev.faultline.api.operations;

import org.jspecify.annotations.NullMarked;
