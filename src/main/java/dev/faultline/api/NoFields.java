package dev.faultline.api;

import io.swagger.v3.oas.annotations.media.Schema;

/** The body of an action that takes no fields: none, or an empty object. */
@Schema(description = "No fields. The body may be left out.")
record NoFields() {}
