package dev.faultline.contract;

import dev.faultline.contract.Contract.Operation;
import dev.faultline.http.Answer;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The rules that JSON Schema cannot say, by which data that the document allows may be refused.
 * Each names its operations, and how the refusal must read; nothing else is excused.
 */
final class Excuses {

    /**
     * A rule.
     *
     * @param operations whose rule it is, by their ids
     * @param status what refuses
     * @param says what the problem says
     * @param why the rule
     */
    private record Excuse(Pattern operations, int status, Pattern says, String why) {

        Excuse(String operations, int status, String says, String why) {
            this(Pattern.compile(operations), status, Pattern.compile(says), why);
        }

        boolean fits(Operation operation, Answer answer) {
            return answer.status() == status
                    && operations.matcher(operation.id()).matches()
                    && says.matcher(answer.text()).find();
        }
    }

    private static final List<Excuse> ALL =
            List.of(
                    new Excuse(
                            ".*",
                            410,
                            "\"reason\":\"(VERSION|EVENTS|TURNS)_LOST\"",
                            "histories and logs are bounded"),
                    field(
                            "setHandler",
                            "means nothing to|is required",
                            "a command has its own fields"),
                    field(
                            "diffVersions|listPages",
                            "must not be after to|must be in order",
                            "from is before to"),
                    field(
                            "readMemory|map.*|.*Area|takeDirtyPages|protectMany|execProcess|createProcess",
                            "beyond the address space",
                            "a machine has its address space"),
                    field("flushTlb", "required with an address", "an address is a process's"),
                    field(
                            "(create|exec)Process",
                            "is for a process with(out)?",
                            "some fields exclude others"),
                    field(
                            "createKey",
                            "has a tenant|has one, and no other has",
                            "a role says whom it stands for"),
                    field(
                            "createMachine",
                            "no query parameters here",
                            "an id in the query is for an export"),
                    field(
                            "multiprogramming|sweep|comparePageTables|createMachine",
                            "must be from",
                            "a machine's fields fit together"),
                    field("judgePrediction", "must hold something", "an expectation expects"),
                    field("runMachineTrace", "pid is required", "each access is a process's"),
                    field(
                            "createProcess|execProcess|mapArea|multiprogramming|comparePageTables",
                            "shares a page with|reaches beyond",
                            "areas fit in the space"),
                    field(
                            "comparePageTables|createMachine|sweep|multiprogramming",
                            "bits of page number",
                            "levels cover the space"),
                    field("missRatios", "rate: must be above", "a rate is for LRU"),
                    field(
                            "multiprogramming|sweep|createMachine|comparePageTables",
                            "only |must |has no place|means nothing|needs |without ",
                            "fields belong to a kind"),
                    field(
                            "multiprogramming|sweep|comparePageTables",
                            "\"pointer\":\"/",
                            "the fields of a study make a machine that can be"),
                    field("createProcess", "there is no group", "a group is made before"),
                    field("run", "/until/fault: must be true", "nothing stops at no fault"),
                    field("createProcess", "is past: the clock", "processes arrive from now on"),
                    field("multiprogramming|createProcess", "needs at least", "programs have room"),
                    field("putGroup", "at most the limit", "what is protected is below the limit"));

    private Excuses() {}

    /** A rule between fields. */
    private static Excuse field(String operations, String says, String why) {
        return new Excuse(operations, 400, says, why);
    }

    static boolean isExcused(World world, Operation operation, Call call, Answer answer) {
        for (Excuse each : ALL) {
            if (each.fits(operation, answer)) {
                world.excuse(operation.id() + ", " + each.why());
                return true;
            }
        }
        return false;
    }
}
