/**
 * The manners of HTTP that all endpoints share: problems, versions and entity tags, idempotency,
 * encodings, bounds on heads and bodies, lists with cursors, what strict JSON is, and the OpenAPI
 * document. It knows no feature.
 */
@NullMarked
package dev.faultline.api.web;

import org.jspecify.annotations.NullMarked;
