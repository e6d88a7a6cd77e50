package dev.faultline.contract;

import dev.faultline.contract.Contract.Operation;
import dev.faultline.http.Answer;

import tools.jackson.databind.node.ObjectNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** What each role may do, as the server answers it: a row for operations that answer alike. */
final class RoleTable {

    private static final int WIDTH = 118;

    /**
     * A column.
     *
     * @param head its head
     * @param party who asks, for something of ada's
     */
    private record Column(String head, Party party) {}

    private static final List<Column> COLUMNS =
            List.of(
                    new Column("no key", Party.NOBODY),
                    new Column("student, its own", Party.ADA),
                    new Column("student, another's", Party.BOB),
                    new Column("teacher, its class's", Party.TEACHER),
                    new Column("teacher, another class's", Party.STRANGER),
                    new Column("metrics of the class", Party.METRICS),
                    new Column("metrics of all", Party.ALL_METRICS),
                    new Column("admin", Party.ADMIN));

    private final World world;
    private final Requests requests;
    private int made;

    RoleTable(World world) {
        this.world = world;
        requests = new Requests(new SplittableRandom(1), world);
    }

    /** The table, with the operations of its rows below it. */
    String text() {
        Map<List<String>, List<String>> rows =
                new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
        for (Operation operation : world.contract().operations()) {
            List<String> cells = COLUMNS.stream().map(column -> cell(operation, column)).toList();
            rows.computeIfAbsent(cells, first -> new ArrayList<>()).add(operation.id());
        }
        List<Map.Entry<List<String>, List<String>>> largestFirst = new ArrayList<>(rows.entrySet());
        largestFirst.sort((a, b) -> b.getValue().size() - a.getValue().size());
        StringBuilder text = new StringBuilder();
        text.append(line("row", COLUMNS.stream().map(Column::head).toList()));
        text.append("| --- |".repeat(1)).append(" --- |".repeat(COLUMNS.size())).append('\n');
        StringBuilder lists = new StringBuilder();
        char letter = 'A';
        for (Map.Entry<List<String>, List<String>> row : largestFirst) {
            text.append(line(String.valueOf(letter), row.getKey()));
            lists.append(wrapped(letter, row.getValue()));
            letter++;
        }
        return text.append('\n').append(lists).toString();
    }

    private static String line(String first, List<String> cells) {
        return "| " + first + " | " + String.join(" | ", cells) + " |\n";
    }

    private static String wrapped(char row, List<String> operations) {
        StringBuilder text = new StringBuilder();
        StringBuilder line = new StringBuilder("- **" + row + "**:");
        for (String each : operations) {
            if (line.length() + each.length() + 4 > WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder(" ");
            }
            line.append(" `").append(each).append('`');
        }
        return text.append(line).append('\n').toString();
    }

    private String cell(Operation operation, Column column) {
        boolean isOfAnother = column.party() == Party.BOB || column.party() == Party.STRANGER;
        if (operation.thing() == null && isOfAnother) {
            return "–";
        }
        Call call = call(operation, column.party());
        Answer answer = world.send(column.party(), operation, call);
        boolean missed =
                answer.status() == 404
                        && answer.json().path("reason").asString().equals(missing(operation));
        if (missed || answer.status() == 401 || answer.status() == 403) {
            return Integer.toString(answer.status());
        }
        return "yes";
    }

    private static String missing(Operation operation) {
        return "NO_SUCH_" + String.valueOf(operation.thing()).toUpperCase(Locale.ROOT);
    }

    /** Keys are wished for students of ada's class. */
    private Call ofTheClass(Call call) {
        if (!call.isJson() || !Answer.MAPPER.readTree(call.body()).has("tenant")) {
            return call;
        }
        ObjectNode body = (ObjectNode) Answer.MAPPER.readTree(call.body());
        return call.body(body.put("tenant", Party.ADA.tenant(world.token())).toString());
    }

    /** A request about something of ada's that has just been made. */
    private Call call(Operation operation, Party party) {
        String kind = String.valueOf(operation.thing());
        List<Thing> before = world.belongings().all(kind + "s");
        for (Step step : Setup.thing(world, kind, "r" + made++)) {
            world.play(made, step);
        }
        List<Thing> after = new ArrayList<>(world.belongings().all(kind + "s"));
        after.removeAll(before);
        Requests.Target target =
                after.isEmpty()
                        ? requests.target(Party.NOBODY, operation)
                        : requests.target(
                                operation,
                                after.getFirst(),
                                after.getFirst().nameFor(party, world.token()));
        return ofTheClass(requests.plain(operation, target));
    }
}
