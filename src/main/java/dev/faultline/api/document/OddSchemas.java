package dev.faultline.api.document;

import dev.faultline.api.processes.RunRequest;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.spec.PolicySpec;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.BooleanSchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Schemas that no annotation can say: those of what has a reader or a writer of its own. */
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
final class OddSchemas {

    static final String PROBLEM = "Problem";

    /** What operations can come to. */
    private static final List<String> RESULTS =
            List.of(
                    "SweepBody",
                    "MissRatioBody",
                    "WorkingSetBody",
                    "ReuseBody",
                    "RunBody",
                    "MultiprogrammingBody",
                    "PageTablesBody",
                    "PredictionBody",
                    "BriefPredictionBody");

    private OddSchemas() {}

    /** Puts these schemas into a document, in place of what was found by itself. */
    static void put(OpenAPI document) {
        Map<String, Schema> schemas = document.getComponents().getSchemas();
        addProblem(document);
        mendOperation(schemas);
        mendAddress(schemas);
        mendSweep(schemas);
        mendRun(schemas);
        mendCounters(schemas);
        mendAccess(schemas);
    }

    private static void addProblem(OpenAPI document) {
        Schema<?> field = object();
        field.addProperty("pointer", text("The JSON pointer of the field, such as /frames."));
        field.addProperty("detail", text("What is wrong with it."));
        field.setRequired(List.of("pointer", "detail"));
        Schema<?> problem = object();
        problem.setDescription("A problem document (RFC 9457).");
        problem.addProperty("type", text("The path of a page that explains this problem."));
        problem.addProperty("title", text("The kind of problem in a few words."));
        problem.addProperty("status", number("int32", "The HTTP status."));
        problem.addProperty("detail", text("What is wrong with this request, in a sentence."));
        problem.addProperty("instance", text("The path of the request."));
        problem.addProperty("reason", text("The kind of problem as a word that never changes."));
        problem.addProperty(
                "errors",
                new ArraySchema()
                        .items(SchemaRules.reference("ProblemField"))
                        .description("The fields that are wrong, if the body was."));
        problem.addProperty(
                "accesses", number("For a trace that broke off: the accesses applied before."));
        problem.addProperty(
                "line", number("For a garbled trace or export: the line, counted from 1."));
        problem.addProperty("byte", number("For a garbled binary trace: the byte, from 0."));
        problem.addProperty(
                "version",
                number(
                        "For a trace: the machine's version after it. For an export: the version"
                                + " that came out otherwise."));
        problem.addProperty(
                "expected", text("For an export that comes out otherwise: what it says."));
        problem.addProperty(
                "found", text("For an export that comes out otherwise: what came out."));
        problem.addProperty("engine", number("int32", "For an export: the engine that wrote it."));
        problem.addProperty(
                "known",
                new ArraySchema()
                        .items(new IntegerSchema().format("int32"))
                        .description("For an export: the engines that this server knows."));
        problem.addProperty("quota", text("For what you have as much of as you may: its name."));
        problem.addProperty("limit", number("The quota's limit."));
        problem.addProperty("used", number("How much of the quota is used."));
        problem.addProperty(
                "oldest", number("For events or turns that are lost: the oldest one kept."));
        problem.addProperty(
                "oldestVersion", number("For a version that is lost: the oldest one kept."));
        problem.setRequired(List.of("type", "title", "status", "detail", "instance", "reason"));
        document.getComponents().addSchemas("ProblemField", field);
        document.getComponents().addSchemas(PROBLEM, problem);
    }

    private static Schema<?> object() {
        return new ObjectSchema();
    }

    private static Schema<?> text(String description) {
        return new StringSchema().description(description);
    }

    private static Schema<?> number(String description) {
        return number("int64", description);
    }

    private static Schema<?> bound(String description) {
        Schema<?> bound = number(description);
        bound.setMinimum(BigDecimal.ZERO);
        bound.setMaximum(BigDecimal.valueOf(RunRequest.MOST));
        return bound;
    }

    private static Schema<?> number(String format, String description) {
        return new IntegerSchema().format(format).description(description);
    }

    /**
     * An address is described as a string alone. An integer is taken too, but a choice between the
     * two is more than most generators of clients can handle.
     */
    private static void mendAddress(Map<String, Schema> schemas) {
        Schema<?> address =
                text(
                        "A byte address: 0x and hexadecimal digits, within the address space."
                                + " Requests may use an integer too.");
        address.setPattern("^0x[0-7]?[0-9a-fA-F]{1,15}$");
        schemas.put("Address", address);
        Schema<?> protection = text("What is allowed: rwx, with - for what is not.");
        protection.setPattern("^[r-][w-][x-]$");
        schemas.put("Protection", protection);
    }

    /** Counters are written by a serializer, not as the class that they are. */
    private static void mendCounters(Map<String, Schema> schemas) {
        Schema<?> counters = new ObjectSchema();
        for (Counter counter : Counter.common()) {
            Schema<?> count = new IntegerSchema().format("int64");
            count.setDescription(counter.words());
            counters.addProperty(counter.key(), count);
        }
        counters.setRequired(new ArrayList<>(counters.getProperties().keySet()));
        schemas.put("Counters", counters);
    }

    /** The annotations can only say that sizes are strings. */
    private static void mendAccess(Map<String, Schema> schemas) {
        for (String name : List.of("AccessRequest", "ProcessAccessRequest", "PredictedRequest")) {
            Schema size = number("int32", "Bytes: 1, 2, 4 or 8; 1 if left out.");
            List.of(1, 2, 4, 8).forEach(size::addEnumItemObject);
            Objects.requireNonNull(schemas.get(name))
                    .getProperties()
                    .replace("size", SchemaRules.orNull(size));
        }
    }

    /** What a sweep lists is of several types, which its record leaves open. */
    private static void mendSweep(Map<String, Schema> schemas) {
        Map<String, Schema> properties =
                Objects.requireNonNull(schemas.get("SweepRequest")).getProperties();
        Schema<?> policy = new Schema<>();
        policy.addOneOfItem(oneOf(PolicySpec.POLICY.type().known()));
        policy.addOneOfItem(SchemaRules.reference("ReplacementRequest"));
        Objects.requireNonNull(schemas.get("CombinationBody"))
                .getProperties()
                .replace("replacement", SchemaRules.reference("ReplacementBody"));
        Objects.requireNonNull(properties.get("policies")).setItems(policy);
        Objects.requireNonNull(properties.get("tlbs"))
                .setItems(SchemaRules.orNull(SchemaRules.reference("TlbRequest")));
    }

    /** Words beside other types: in such a choice most generators lose an enum. */
    private static Schema<?> oneOf(List<String> words) {
        return new StringSchema().pattern("^(" + String.join("|", words) + ")$");
    }

    /** What an operation has come to is what the request would have been answered with. */
    private static void mendOperation(Map<String, Schema> schemas) {
        Map<String, Schema> properties =
                Objects.requireNonNull(schemas.get("OperationBody")).getProperties();
        Schema<?> result = Objects.requireNonNull(properties.get("result"));
        for (String each : RESULTS) {
            result.addOneOfItem(SchemaRules.reference(each));
        }
        SchemaRules.orNull(result);
    }

    /** A run goes on until all is done, or until one of a few things. */
    private static void mendRun(Map<String, Schema> schemas) {
        Map<String, Schema> properties =
                Objects.requireNonNull(schemas.get("RunRequest")).getProperties();
        Schema<?> bounds = object();
        bounds.setDescription("When a run stops: one of these.");
        bounds.addProperty("ticks", bound("After this many ticks."));
        bounds.addProperty("accesses", bound("After this many accesses."));
        Schema<?> fault = new BooleanSchema().description("Only true: at the first page fault.");
        bounds.addProperty("fault", fault);
        Schema<?> counters = object();
        counters.setDescription("When one counter, which only faults change, has grown so much.");
        RunRequest.watched()
                .forEach(counter -> counters.addProperty(counter.key(), bound(counter.words())));
        bounds.addProperty("counters", SchemaRules.reference("RunCounters"));
        for (Schema<?> choice : List.of(bounds, counters)) {
            choice.setAdditionalProperties(false);
            choice.setMinProperties(1);
            choice.setMaxProperties(1);
        }
        schemas.put("RunBounds", bounds);
        schemas.put("RunCounters", counters);
        Schema<?> until = new Schema<>();
        until.setDescription(Objects.requireNonNull(properties.get("until")).getDescription());
        until.addOneOfItem(oneOf(List.of("done")));
        until.addOneOfItem(SchemaRules.reference("RunBounds"));
        properties.put("until", SchemaRules.orNull(until));
    }
}
