/**
 * What a spec is made of: fields, declared once with type, range, default and words, the sections
 * they stand in, and values for them. Reading, checking, layering, the representation and the
 * schema all work from these declarations. The declarations themselves stand with what they
 * describe, in {@code spec} and {@code replacement}.
 */
@NullMarked
package dev.faultline.machine.fields;

import org.jspecify.annotations.NullMarked;
