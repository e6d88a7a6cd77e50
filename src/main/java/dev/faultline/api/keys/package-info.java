/**
 * Keys: what each role may do ({@link dev.faultline.api.keys.AccessRules}), whom the key of a
 * request stands for, and the endpoints that give keys out.
 */
@NullMarked
package dev.faultline.api.keys;

import org.jspecify.annotations.NullMarked;
