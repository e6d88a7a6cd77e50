/**
 * The OpenAPI document, completed for people and for generators of clients: what annotations say is
 * put right, named and described, and examples are added. It knows all other rooms of the API; none
 * knows it. A room that has more to say than annotations can is a {@link
 * dev.faultline.api.web.DocumentPart}.
 */
@NullMarked
package dev.faultline.api.document;

import org.jspecify.annotations.NullMarked;
