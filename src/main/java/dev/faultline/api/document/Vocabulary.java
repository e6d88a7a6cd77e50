package dev.faultline.api.document;

import dev.faultline.api.web.Reason;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.Type;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Fault;
import dev.faultline.machine.protocol.FrameUse;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.PageState;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.protocol.Signal;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;

import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Gives each set of words one name, under which requests and answers share it: what was answered
 * can be sent back, and a client's switch over the words is complete.
 */
@SuppressWarnings({"rawtypes", "unchecked"}) // the document's model is raw
final class Vocabulary {

    private final Map<String, Schema> schemas;

    /** The words of each set, by its name. */
    private final Map<String, List<String>> terms = new LinkedHashMap<>();

    /** The set that a field of an answer takes its word from, by "Schema.field". */
    private final Map<String, String> places = new LinkedHashMap<>();

    private Vocabulary(Map<String, Schema> schemas) {
        this.schemas = schemas;
        addAnswers();
        addSpec(MachineSpec.SECTION);
        terms.put("PolicyName", PolicySpec.POLICY.type().known());
    }

    /** Names the words of a document. */
    static void name(OpenAPI document) {
        Vocabulary vocabulary = new Vocabulary(document.getComponents().getSchemas());
        List.copyOf(vocabulary.schemas.entrySet())
                .forEach(schema -> vocabulary.name(schema.getKey(), schema.getValue()));
        vocabulary.addTerms();
    }

    private void addAnswers() {
        add("AccessOp", Op.names(), "EventBody.op");
        add("TlbResult", List.of("hit", "miss"));
        add("Advice", words(Command.Advice.values()));
        add("FaultType", words(Fault.Type.values(), Fault.Type::word), "EventBody.fault");
        add(
                "FaultResolution",
                words(Fault.Resolution.values(), Fault.Resolution::word),
                "FaultBody.resolution",
                "EventBody.resolution",
                "ExpectedRequest.resolution");
        add("ProcessState", words(ProcessState.values()), "ProcessBody.state", "TaskBody.state");
        add("PageState", words(PageState.values()), "PageBody.state");
        add("FrameState", List.of("free", "used"), "FrameBody.state");
        List<String> uses = words(FrameUse.values());
        add(
                "FrameUse",
                Stream.concat(uses.stream(), Stream.of("kernel")).toList(),
                "FrameBody.use");
        add("AreaKind", words(Backing.Kind.values()), "AreaBody.kind");
        add("NewAreaKind", List.of("anonymous", "file", "shared-memory", "stack"));
        add("Sharing", List.of("private", "shared"), "AreaBody.sharing");
        add("AreaFlag", List.of("locked", "sequential", "random", "huge"), "AreaBody.flags");
        add("OnSignal", words(OnSignal.values()), "ProcessBody.onSignal", "TaskBody.onSignal");
        List<String> signals = words(Signal.Code.values(), Signal.Code::signal);
        add("SignalName", signals.stream().distinct().toList(), "SignalBody.name");
        add("SignalCode", words(Signal.Code.values(), Enum::name), "SignalBody.code");
        add("Reason", words(Reason.values(), Enum::name), "Problem.reason");
        add("StopReason", List.of("signal"), "StoppedBody.reason");
        List<String> tlbs = List.of("unified", "data", "instruction", "second-level");
        add("TlbName", tlbs, "LookUpBody.tlb", "TlbEntryView.tlb");
        place("PolicyName", "AnomalyBody.policy", "CombinationBody.policy");
        place("PolicyName", "MissRatioBody.policy", "ReplacementStateBody.policy");
        place("Dialect", "ReplacementStateBody.dialect");
        place("TranslationKind", "TableBody.kind", "PageTableBody.kind");
        place("LoadControlKind", "MultiprogrammingPoint.loadControl");
        place("ActionCommand", "ActionBody.command");
        place("Protection", "AreaBody.protection", "FileBody.protection", "ActionBody.protection");
        place("Protection", "AreaRequest.protection", "ProtectRequest.protection");
        place("Protection", "ProtectManyRequest.protection", "KernelMappingRequest.protection");
        place("Protection", "ActionRequest.protection");
        place("Address", "AccessBody.address", "AccessBody.physicalAddress", "AreaBody.start");
        place("Address", "EventBody.address", "HoleBody.physicalAddress", "MemoryBody.address");
        place("Address", "KernelMappingBody.address", "MmBody.heapStart", "MmBody.heapEnd");
        place("Address", "ReferenceBody.address", "ResidencyBody.address", "SignalBody.address");
        place("Address", "StoredTraceBody.lowestAddress", "StoredTraceBody.highestAddress");
        place("Address", "TranslationStepsBody.address");
    }

    private void add(String name, List<String> words, String... fields) {
        terms.put(name, words);
        place(name, fields);
    }

    private void place(String name, String... fields) {
        for (String field : fields) {
            places.put(field, name);
        }
    }

    private static List<String> words(Enum<?>[] constants) {
        return words(constants, Type::word);
    }

    private static <E> List<String> words(E[] constants, Function<? super E, String> word) {
        return Arrays.stream(constants).map(word).toList();
    }

    /** The words of a spec's fields are named for the enums that they stand for. */
    private void addSpec(Section section) {
        for (Section.Part part : section.parts()) {
            if (part.section() != null) {
                addSpec(part.section());
            } else if (part.field() != null && part.field().type() instanceof Type.Word<?> word) {
                terms.putIfAbsent(name(word.constants()), word.known());
            }
        }
    }

    /** The name of an enum, with that of the spec whose field it is for. */
    private static String name(Class<?> constants) {
        Class<?> owner = constants.getEnclosingClass();
        return owner == null
                ? constants.getSimpleName()
                : owner.getSimpleName().replace("Spec", "").replace("Parameters", "Replacement")
                        + constants.getSimpleName();
    }

    private void name(String schema, Schema<?> object) {
        Map<String, Schema> properties = object.getProperties();
        if (properties == null) {
            return;
        }
        for (Map.Entry<String, Schema> property : properties.entrySet()) {
            String place = schema + "." + property.getKey();
            Schema<?> type = property.getValue();
            Schema<?> items = type.getItems();
            String term = term(place, items == null ? type : items);
            if (term != null && items == null) {
                property.setValue(SchemaRules.instead(type, term, isNullable(type)));
            } else if (term != null) {
                type.setItems(SchemaRules.reference(term));
            }
        }
    }

    private static boolean isNullable(Schema<?> type) {
        return type.getTypes() != null && type.getTypes().contains("null");
    }

    /** The set that a field takes its words from, or null if any text may stand there. */
    private @Nullable String term(String place, Schema<?> type) {
        if (places.containsKey(place)) {
            return places.get(place);
        }
        List<?> values = type.getEnum();
        if (values == null || values.getFirst() instanceof Number) {
            return null;
        }
        List<String> words = values.stream().filter(Objects::nonNull).map(String::valueOf).toList();
        Set<String> known = new HashSet<>(words);
        return terms.entrySet().stream()
                .filter(each -> known.equals(new HashSet<>(each.getValue())))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseGet(() -> addNew(place, words));
    }

    /** A set that only one schema has is named for its field there. */
    private String addNew(String place, List<String> words) {
        String[] parts = place.replaceFirst("(Request|Body|View)?\\.", ".").split("\\.", 2);
        String name = parts[0] + StringUtils.capitalize(parts[1]);
        if (terms.putIfAbsent(name, words) != null) {
            throw new IllegalStateException("Vocabulary: two sets of words are called " + name);
        }
        return name;
    }

    private void addTerms() {
        terms.forEach(
                (name, words) -> {
                    Schema<String> term = new StringSchema();
                    term.setEnum(words);
                    schemas.put(name, term);
                });
    }
}
