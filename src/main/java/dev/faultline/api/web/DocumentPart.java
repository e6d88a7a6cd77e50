package dev.faultline.api.web;

import io.swagger.v3.oas.models.OpenAPI;

/** Adds what a feature says of itself to the OpenAPI document, before the document is completed. */
public interface DocumentPart {

    /** Adds it. */
    void addTo(OpenAPI document);
}
