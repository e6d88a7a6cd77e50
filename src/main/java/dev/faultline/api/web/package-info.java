/**
 * What all endpoints share: problem documents, versions and entity tags, idempotency, encodings,
 * limits of heads and bodies, lists with cursors, and the rules of strict JSON. Read {@code
 * ApiException} and {@code ProblemAdvice} first. It knows no feature.
 */
@NullMarked
package dev.faultline.api.web;

import org.jspecify.annotations.NullMarked;
