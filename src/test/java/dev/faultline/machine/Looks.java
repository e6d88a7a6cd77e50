package dev.faultline.machine;

import dev.faultline.machine.protocol.FileView;
import dev.faultline.machine.protocol.Op;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Looks at everything that a machine shows: calls each public method of its inspectors, found by
 * reflection so that none is forgotten, for every process.
 */
final class Looks {

    private static final int MOST = 64;

    /** The public methods of an inspector, in a fixed order. */
    private static final ClassValue<List<Method>> METHODS =
            new ClassValue<>() {
                @Override
                protected List<Method> computeValue(Class<?> inspector) {
                    return Arrays.stream(inspector.getDeclaredMethods())
                            .filter(method -> Modifier.isPublic(method.getModifiers()))
                            .sorted(Comparator.comparing(Method::toString))
                            .toList();
                }
            };

    private final Machine machine;
    private final List<String> views = new ArrayList<>();

    private Looks(Machine machine) {
        this.machine = machine;
    }

    /** All views of a machine, in a fixed order, as text. */
    static List<String> at(Machine machine) {
        return new Looks(machine).look();
    }

    /** Those of runs alone. */
    static List<String> time(Machine machine) {
        Looks looks = new Looks(machine);
        looks.look(machine.inspect().time());
        return looks.views;
    }

    private List<String> look() {
        look(machine.inspect());
        look(machine.inspect().frames());
        look(machine.inspect().translation());
        look(machine.inspect().time());
        views.add(machine.counters().toString());
        views.add("table memory " + machine.parts().tableMemory().used());
        views.add("content " + machine.parts().content().used());
        for (FileView file : machine.inspect().files("", MOST)) {
            byte[] bytes = machine.inspect().fileBytes(file.name()).orElseThrow();
            views.add(file.name() + " " + Arrays.toString(bytes));
        }
        for (long seq = machine.oldestEvent(); seq <= machine.lastEvent(); seq++) {
            views.add(machine.event(seq).toString());
        }
        return views;
    }

    private void look(Object inspector) {
        METHODS.get(inspector.getClass()).forEach(method -> look(inspector, method));
    }

    private void look(Object inspector, Method method) {
        List<Parameter> parameters = List.of(method.getParameters());
        boolean ofProcess = parameters.stream().anyMatch(each -> each.getName().equals("pid"));
        int last = ofProcess ? machine.inspect().processCount() : 1;
        if (method.getName().equals("turn")) {
            TimeInspector time = machine.inspect().time();
            for (long seq = time.oldestTurn(); seq <= time.lastTurn(); seq++) {
                views.add(time.turn(seq).toString());
            }
            return;
        }
        for (int each = 1; each <= last; each++) {
            int pid = each;
            Object[] arguments =
                    parameters.stream().map(parameter -> argument(parameter, pid)).toArray();
            views.add(method.getName() + " " + pid + " " + call(inspector, method, arguments));
        }
    }

    /** From nothing to as much as there is, of what a parameter's name says. */
    private Object argument(Parameter parameter, int pid) {
        boolean small = parameter.getType() == int.class;
        return switch (parameter.getName()) {
            case "pid" -> pid;
            case "name" -> "";
            case "op" -> Op.READ;
            case "from", "page", "address" -> small ? 0 : (Object) 0L;
            case "after" -> parameter.getType() == String.class ? "" : (Object) 0L;
            case "to" -> small ? Math.min(MOST, places(parameter)) : (Object) pages();
            case "most", "mostFrames", "length" -> MOST;
            default -> throw new IllegalArgumentException("what is " + parameter + "?");
        };
    }

    private long pages() {
        return Math.min(MOST, machine.spec().pages());
    }

    private int places(Parameter parameter) {
        return parameter.getDeclaringExecutable().getDeclaringClass() == FrameInspector.class
                ? machine.inspect().frames().frameCount()
                : machine.inspect().translation().size();
    }

    private static String call(Object inspector, Method method, Object[] arguments) {
        try {
            Object answer = method.invoke(inspector, arguments);
            Object shown = answer instanceof Optional<?> some ? some.orElse(null) : answer;
            return shown instanceof byte[] bytes
                    ? Arrays.toString(bytes)
                    : shown instanceof FrameInspector
                                    || shown instanceof TranslationInspector
                                    || shown instanceof TimeInspector
                            ? ""
                            : String.valueOf(shown);
        } catch (InvocationTargetException e) {
            return e.getTargetException()
                    .getClass()
                    .getName(); // of a process that has ended, perhaps
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }
}
