package dev.faultline.api.web;

import io.swagger.v3.oas.annotations.media.Schema;

/** The body of an action that takes no fields: none, or an empty object. */
@Schema(description = "No fields. The body may be left out.")
public record NoFields() {}
