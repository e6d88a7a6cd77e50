/**
 * The parts of a spec. A {@link dev.faultline.machine.fields.Field} is declared once, with type,
 * range, default and words. It stands in a {@link dev.faultline.machine.fields.Section}, which is
 * an object of the JSON. {@link dev.faultline.machine.fields.SpecValues} has values for some of the
 * fields. Requests, checks, defaults, the representation and the schema all follow from these
 * declarations. The declarations themselves are in {@code spec} and {@code replacement}, with what
 * they describe.
 */
@NullMarked
package dev.faultline.machine.fields;

import org.jspecify.annotations.NullMarked;
