package dev.faultline.testing;

import dev.faultline.machine.fields.Field;
import dev.faultline.machine.fields.Section;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;

/**
 * Specs and commands as JSON that is read back exactly. A record is an object of its components. A
 * record of a sealed interface is an object with one property, its name.
 */
public final class RecordJson {

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final List<String> OPS = List.of("read", "write", "execute", "tick");

    private RecordJson() {}

    /** A value that is declared with a type. */
    public static JsonNode write(@Nullable Object value, Type type) {
        return switch (value) {
            case null -> JSON.nullNode();
            case Long number -> JSON.numberNode(number);
            case Integer number -> JSON.numberNode(number);
            case Boolean flag -> JSON.booleanNode(flag);
            case String text -> JSON.stringNode(text);
            case Enum<?> constant -> JSON.stringNode(constant.name());
            case ByteBuffer bytes -> JSON.stringNode(base64(bytes));
            case AccessBlock block -> accesses(block);
            case SpecValues values -> settings(values);
            case List<?> list -> {
                ArrayNode array = JSON.arrayNode();
                list.forEach(each -> array.add(write(each, element(type))));
                yield array;
            }
            case Record one ->
                    type == one.getClass()
                            ? components(one)
                            : JSON.objectNode()
                                    .set(one.getClass().getSimpleName(), components(one));
            default -> throw new IllegalArgumentException("no text for " + value.getClass());
        };
    }

    /** The value of a declared type, for a machine of a spec where it has accesses. */
    public static <T> T read(JsonNode node, Class<T> type, @Nullable MachineSpec spec) {
        return type.cast(Objects.requireNonNull(value(node, type, spec)));
    }

    private static @Nullable Object value(JsonNode node, Type type, @Nullable MachineSpec spec) {
        if (node.isNull()) {
            return null;
        }
        if (type instanceof ParameterizedType) {
            List<@Nullable Object> list = new ArrayList<>();
            node.forEach(each -> list.add(value(each, element(type), spec)));
            return list;
        }
        Class<?> wanted = (Class<?>) type;
        if (wanted == long.class || wanted == Long.class) {
            return node.longValue();
        } else if (wanted == int.class || wanted == Integer.class) {
            return node.intValue();
        } else if (wanted == boolean.class || wanted == Boolean.class) {
            return node.booleanValue();
        } else if (wanted == String.class) {
            return node.stringValue();
        } else if (wanted.isEnum()) {
            return Arrays.stream(wanted.getEnumConstants())
                    .filter(each -> ((Enum<?>) each).name().equals(node.stringValue()))
                    .findFirst()
                    .orElseThrow();
        } else if (wanted == ByteBuffer.class) {
            return ByteBuffer.wrap(Base64.getDecoder().decode(node.stringValue()));
        } else if (wanted == AccessBlock.class && spec != null) {
            return accesses(node, spec);
        } else if (wanted == SpecValues.class) {
            return settings(node);
        } else if (wanted.isSealed()) {
            String name = node.propertyNames().iterator().next();
            Class<?> named =
                    Arrays.stream(wanted.getPermittedSubclasses())
                            .filter(each -> each.getSimpleName().equals(name))
                            .findFirst()
                            .orElseThrow();
            return value(node.get(name), named, spec);
        } else if (wanted.isRecord()) {
            return record(node, wanted, spec);
        }
        throw new IllegalArgumentException("no text for " + type);
    }

    private static Type element(Type list) {
        return ((ParameterizedType) list).getActualTypeArguments()[0];
    }

    private static String base64(ByteBuffer bytes) {
        byte[] all = new byte[bytes.remaining()];
        bytes.duplicate().get(all);
        return Base64.getEncoder().encodeToString(all);
    }

    private static ObjectNode components(Record one) {
        ObjectNode object = JSON.objectNode();
        try {
            for (RecordComponent part : one.getClass().getRecordComponents()) {
                Object value = part.getAccessor().invoke(one);
                object.set(part.getName(), write(value, part.getGenericType()));
            }
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
        return object;
    }

    private static Object record(JsonNode node, Class<?> type, @Nullable MachineSpec spec) {
        RecordComponent[] parts = type.getRecordComponents();
        try {
            Class<?>[] types =
                    Arrays.stream(parts).map(RecordComponent::getType).toArray(Class[]::new);
            @Nullable Object[] values = new Object[parts.length];
            for (int i = 0; i < parts.length; i++) {
                values[i] =
                        value(node.required(parts[i].getName()), parts[i].getGenericType(), spec);
            }
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("no " + type.getSimpleName() + ": " + node, e);
        }
    }

    /** The fields of a spec: a pointer, and the kind of the value before the value. */
    private static ObjectNode settings(SpecValues values) {
        ObjectNode object = JSON.objectNode();
        for (Field<?> field : fields(MachineSpec.SECTION)) {
            if (values.has(field)) {
                Object value = values.find(field);
                String kind =
                        switch (value) {
                            case null -> "none";
                            case Enum<?> constant -> constant.getDeclaringClass().getName();
                            case List<?> list -> "list";
                            default -> value.getClass().getSimpleName();
                        };
                String text = value instanceof Enum<?> constant ? constant.name() : "" + value;
                object.put(field.pointer(), kind + ":" + text);
            }
        }
        return object;
    }

    /**
     * The fields that a text has; a policy's that came to be after it was written has its default.
     */
    private static SpecValues settings(JsonNode node) {
        SpecValues values = SpecValues.EMPTY;
        for (Field<?> field : fields(MachineSpec.SECTION)) {
            if (!node.has(field.pointer())) {
                boolean later = field.section().equals(PolicySpec.SECTION);
                values = later ? with(values, field, field.otherwise()) : values;
                continue;
            }
            Object value = setting(node.required(field.pointer()).stringValue());
            values = value == null ? values.withNo(field.section()) : with(values, field, value);
        }
        return values;
    }

    @SuppressWarnings("unchecked") // the value was the field's when it was written
    private static SpecValues with(SpecValues values, Field<?> field, @Nullable Object value) {
        return values.with((Field<Object>) field, value);
    }

    private static @Nullable Object setting(String text) {
        int colon = text.indexOf(':');
        String kind = text.substring(0, colon);
        String value = text.substring(colon + 1);
        return switch (kind) {
            case "none" -> null;
            case "Long" -> Long.valueOf(value);
            case "Boolean" -> Boolean.valueOf(value);
            case "String" -> value;
            case "list" ->
                    Arrays.stream(value.replaceAll("[\\[\\] ]", "").split(",", -1))
                            .filter(each -> !each.isEmpty())
                            .map(Integer::valueOf)
                            .toList();
            default -> constant(kind, value);
        };
    }

    private static Object constant(String type, String name) {
        try {
            return Arrays.stream(Class.forName(type).getEnumConstants())
                    .filter(each -> ((Enum<?>) each).name().equals(name))
                    .findFirst()
                    .orElseThrow();
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static List<Field<?>> fields(Section section) {
        List<Field<?>> fields = new ArrayList<>();
        for (Section.Part part : section.parts()) {
            if (part.field() != null) {
                fields.add(part.field());
            } else if (part.section() != null) {
                fields.addAll(fields(part.section()));
            }
        }
        return fields;
    }

    private static ArrayNode accesses(AccessBlock block) {
        ArrayNode array = JSON.arrayNode();
        for (int at = 0; at < block.count(); at++) {
            ObjectNode access = JSON.objectNode();
            access.put("op", OPS.get(block.op(at))).put("address", block.address(at));
            if (block.sizes() != null) {
                access.put("size", block.size(at));
            }
            if (block.stores(at)) {
                access.put("value", block.value(at));
            }
            if (block.hasPids()) {
                access.put("pid", block.pid(at));
            }
            if (block.hasCpus()) {
                access.put("cpu", block.cpu(at));
            }
            array.add(access);
        }
        return array;
    }

    private static AccessBlock accesses(JsonNode array, MachineSpec spec) {
        AccessBlock block = new AccessBlock(spec, Math.max(1, array.size()));
        for (JsonNode access : array) {
            int op = OPS.indexOf(access.required("op").stringValue());
            long address = access.required("address").longValue();
            if (access.has("size")) {
                boolean stores = access.has("value");
                long value = stores ? access.required("value").longValue() : 0;
                block.addSized(op, address, access.required("size").intValue(), stores, value);
            } else {
                block.add(op, address);
            }
            int at = block.count() - 1;
            if (access.has("pid")) {
                block.setPid(at, access.required("pid").intValue());
            }
            if (access.has("cpu")) {
                block.setCpu(at, access.required("cpu").intValue());
            }
        }
        return block;
    }
}
