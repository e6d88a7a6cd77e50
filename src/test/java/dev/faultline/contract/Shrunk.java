package dev.faultline.contract;

import dev.faultline.contract.Session.Replayed;
import dev.faultline.http.Answer;
import dev.faultline.testing.DeltaDebugging;
import dev.faultline.testing.SmallerJson;

import org.jspecify.annotations.Nullable;

import tools.jackson.databind.JsonNode;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Makes a session that breaks a law smaller, as long as it breaks the same law. */
final class Shrunk {

    private static final int MOST_PLAYS = 300;

    /** A step with its number in the whole session, by which others name what it made. */
    record Numbered(int number, Step step) {}

    private final Session session;
    private final String law;
    private int plays;
    private @Nullable Replayed last;

    Shrunk(Session session, String law) {
        this.session = session;
        this.law = law;
    }

    /** The smallest part that still breaks the law; null if not even the whole does. */
    @Nullable Replayed smallest(List<Step> steps) {
        List<Numbered> all = new ArrayList<>();
        for (Step step : steps) {
            all.add(new Numbered(all.size() + 1, step));
        }
        if (!breaks(all)) {
            return null;
        }
        Numbered end = all.removeLast();
        List<Numbered> before =
                breaks(List.of(end))
                        ? List.of()
                        : DeltaDebugging.smallest(all, part -> breaks(with(part, end)));
        plainer(before, end);
        return last;
    }

    private static List<Numbered> with(List<Numbered> part, Numbered end) {
        List<Numbered> whole = new ArrayList<>(part);
        whole.add(end);
        return whole;
    }

    /** Leaves out of the last step's headers and body what is not needed. */
    private void plainer(List<Numbered> before, Numbered end) {
        Call call = end.step().call();
        for (String header : call.headers()) {
            List<String> fewer = new ArrayList<>(call.headers());
            fewer.remove(header);
            Call tried = new Call(call.method(), call.path(), fewer, call.body());
            call = breaks(with(before, changed(end, tried))) ? tried : call;
        }
        String body = call.body();
        if (call.isJson() && body != null && end.step() instanceof Step.Valid valid) {
            Call base = call;
            JsonNode schema =
                    Objects.requireNonNull(valid.operation().bodies().get(Contract.JSON))
                            .path("schema");
            JsonNode tree = Answer.MAPPER.readTree(body);
            SmallerJson.smallest(
                    tree,
                    part ->
                            session.isValid(schema, part)
                                    && breaks(
                                            with(
                                                    before,
                                                    changed(end, base.body(part.toString())))));
        }
    }

    private static Numbered changed(Numbered end, Call call) {
        return new Numbered(end.number(), end.step().with(call));
    }

    private boolean breaks(List<Numbered> part) {
        if (plays++ > MOST_PLAYS) {
            return false;
        }
        Replayed found = session.replay(part);
        boolean same = found != null && found.broken().law().equals(law);
        last = same ? found : last;
        return same;
    }
}
