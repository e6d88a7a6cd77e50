/**
 * How much each owner may have and do. Begin with {@link dev.faultline.quotas.Quotas}. It knows no
 * machines and nothing of HTTP.
 */
@NullMarked
package dev.faultline.quotas;

import org.jspecify.annotations.NullMarked;
