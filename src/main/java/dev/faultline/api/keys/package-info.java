/**
 * Keys: what each role may do ({@link dev.faultline.api.keys.AccessRules}), whom the key or the
 * token of a request stands for, how many requests an owner may send, and the endpoints that give
 * out keys and limits.
 */
@NullMarked
package dev.faultline.api.keys;

import org.jspecify.annotations.NullMarked;
