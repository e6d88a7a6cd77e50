package dev.faultline.api.web;

import dev.faultline.machine.fields.InvalidSpecException;

import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * A part of a body that is read as if it stood alone, such as the machine of a sweep: what is wrong
 * with it is told by where it stands in the whole.
 */
public final class BodyPart {

    private BodyPart() {}

    /**
     * Reads a part.
     *
     * @param place where in the body a pointer into the part leads
     */
    public static <T> T read(UnaryOperator<String> place, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (InvalidSpecException e) {
            throw placed(errors(e), place);
        } catch (ApiException e) {
            throw e.errors().isEmpty() ? e : placed(e.errors(), place);
        }
    }

    /** The errors of a spec, by its own pointers. */
    static List<ApiException.FieldError> errors(InvalidSpecException e) {
        return e.problems().stream()
                .map(problem -> new ApiException.FieldError(problem.pointer(), problem.detail()))
                .toList();
    }

    private static ApiException placed(
            List<ApiException.FieldError> errors, UnaryOperator<String> place) {
        return ApiException.badFields(
                errors.stream()
                        .map(
                                error ->
                                        new ApiException.FieldError(
                                                place.apply(error.pointer()), error.detail()))
                        .toList());
    }
}
