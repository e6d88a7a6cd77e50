package dev.faultline.api.document;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;

import java.util.Map;
import java.util.Objects;

/**
 * Gives the numbers that stand for a field of a spec the range of that field: those that a sweep or
 * an experiment lists in its place, and those of a comparison that needs no machine.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
final class SpecRanges {

    /** What stands for a field of a spec, each as "Schema.field". */
    private static final Map<String, String> FIELDS =
            Map.of(
                    "SweepRequest.frames", "MachineRequest.frames",
                    "MultiprogrammingRequest.frames", "MachineRequest.frames",
                    "MultiprogrammingRequest.pageSizes", "MachineRequest.pageSize",
                    "MultiprogrammingRequest.quanta", "SchedulerRequest.quantum",
                    "MultiprogrammingRequest.diskTicks", "CostsRequest.swapIn",
                    "PageTablesRequest.addressBits", "MachineRequest.addressBits",
                    "PageTablesRequest.pageSize", "MachineRequest.pageSize",
                    "PageTablesRequest.frames", "MachineRequest.frames",
                    "PageTablesRequest.levels", "TranslationRequest.levels",
                    "PageTablesRequest.buckets", "TranslationRequest.buckets");

    private SpecRanges() {}

    /** Puts the ranges into a document. */
    static void put(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        FIELDS.forEach((field, spec) -> put(find(schemas, field), find(schemas, spec)));
    }

    private static Schema<?> find(Map<String, Schema> schemas, String place) {
        String[] names = place.split("\\.", 2);
        Map<String, Schema> properties =
                Objects.requireNonNull(schemas.get(names[0]), place).getProperties();
        return Objects.requireNonNull(properties.get(names[1]), place);
    }

    private static void put(Schema<?> field, Schema<?> spec) {
        if (spec.getItems() != null) {
            field.setMinItems(spec.getMinItems());
            field.setMaxItems(spec.getMaxItems());
            put(field.getItems(), spec.getItems());
        } else if (field.getItems() != null) {
            put(field.getItems(), spec);
        } else {
            field.setMinimum(spec.getMinimum());
            field.setMaximum(spec.getMaximum());
        }
    }
}
