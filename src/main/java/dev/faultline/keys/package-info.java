/**
 * Keys by which callers are known: their secrets' hashes, where they are kept, and whom each stands
 * for. Begin with {@link dev.faultline.keys.KeyStore}. It knows nothing of HTTP.
 */
@NullMarked
package dev.faultline.keys;

import org.jspecify.annotations.NullMarked;
