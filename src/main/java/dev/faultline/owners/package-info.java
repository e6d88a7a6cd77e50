/**
 * To whom things belong, and who sees them. Begin with {@link dev.faultline.owners.Caller}. It
 * knows no things, and nothing of keys or of HTTP.
 */
@NullMarked
package dev.faultline.owners;

import org.jspecify.annotations.NullMarked;
