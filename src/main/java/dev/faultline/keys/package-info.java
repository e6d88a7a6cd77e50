/**
 * Keys by which callers are known: their secrets' hashes, where they are kept, and whom each stands
 * for; and the tenants that have limits of their own. Begin with {@link
 * dev.faultline.keys.KeyStore}. It knows nothing of HTTP.
 */
@NullMarked
package dev.faultline.keys;

import org.jspecify.annotations.NullMarked;
