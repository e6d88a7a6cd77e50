package dev.faultline.http;

import dev.faultline.testing.DeltaDebugging;
import dev.faultline.testing.SmallerJson;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Makes a session that breaks a law smaller, as long as it breaks the same law: fewer requests,
 * fewer fields of the spec, fewer accesses and fields of the bodies.
 */
final class Shrinking {

    /** A session that is yet to be played. */
    record Script(ObjectNode spec, List<Step> steps) {

        /** The session as commands for a shell. */
        String curl() {
            StringBuilder lines = new StringBuilder();
            lines.append("M=http://localhost:8080/v1/machines/m\n");
            ObjectNode named = spec.deepCopy();
            named.put("id", "m");
            lines.append(Step.curl("POST", "${M%/m}", Client.JSON, named.toString())).append('\n');
            steps.forEach(step -> lines.append(step.curl()).append('\n'));
            return lines.toString();
        }
    }

    private final Predicate<Script> stillBreaks;
    private int plays;

    /**
     * @param stillBreaks whether a session breaks the law
     * @param plays how often it may be asked
     */
    Shrinking(Predicate<Script> stillBreaks, int plays) {
        this.stillBreaks = stillBreaks;
        this.plays = plays;
    }

    /** The smallest that was found. */
    Script smallest(Script found) {
        Script before;
        Script script = found;
        do {
            before = script;
            script = fewerSteps(script);
            script = plainerSpec(script);
            script = plainerSteps(script);
        } while (!script.equals(before) && plays > 0);
        return script;
    }

    private boolean breaks(Script script) {
        return plays-- > 0 && stillBreaks.test(script);
    }

    private Script fewerSteps(Script script) {
        return new Script(
                script.spec(),
                DeltaDebugging.fewer(
                        script.steps(), steps -> breaks(new Script(script.spec(), steps))));
    }

    private Script plainerSpec(Script script) {
        ObjectNode plainest =
                (ObjectNode)
                        SmallerJson.smallest(
                                script.spec(),
                                spec -> breaks(new Script((ObjectNode) spec, script.steps())));
        return new Script(plainest, script.steps());
    }

    private Script plainerSteps(Script script) {
        List<Step> steps = new ArrayList<>(script.steps());
        for (int i = 0; i < steps.size(); i++) {
            int at = i;
            Predicate<Step> fits =
                    step -> {
                        List<Step> tried = new ArrayList<>(steps);
                        tried.set(at, step);
                        return breaks(new Script(script.spec(), tried));
                    };
            steps.set(at, plainer(steps.get(at), fits));
        }
        return new Script(script.spec(), steps);
    }

    private static Step plainer(Step step, Predicate<Step> fits) {
        Step plainest = step;
        for (Step.Look look : step.looks()) {
            Set<Step.Look> others = EnumSet.copyOf(plainest.looks());
            others.remove(look);
            Step tried = plainest.looking(others);
            plainest = fits.test(tried) ? tried : plainest;
        }
        Step base = plainest;
        if (base.isJson()) {
            JsonNode body =
                    SmallerJson.smallest(
                            base.json(), tree -> fits.test(base.with(tree.toString())));
            return base.with(body.toString());
        }
        List<String> lines = List.of(base.body().split("\n", -1));
        List<String> fewer =
                DeltaDebugging.fewer(
                        lines,
                        part -> !part.isEmpty() && fits.test(base.with(String.join("\n", part))));
        return base.with(String.join("\n", fewer));
    }
}
