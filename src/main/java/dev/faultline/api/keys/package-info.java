/** Keys: who may come in, who comes, and the endpoints that give keys out. */
@NullMarked
package dev.faultline.api.keys;

import org.jspecify.annotations.NullMarked;
