package dev.faultline.contract;

import dev.faultline.contract.Contract.Operation;
import dev.faultline.http.Answer;
import dev.faultline.http.EveryAnswer;
import dev.faultline.http.Wire;

import org.jspecify.annotations.Nullable;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Two classes of their own with all that is theirs, so that worlds are played side by side and each
 * can be played again alone. Every answer is checked against what holds for all.
 */
final class World implements AutoCloseable {

    private static final Pattern SYMBOL = Pattern.compile("\\{\\{[0-9]+-[0-9]+}}");

    private final int port;
    private final Contract contract;
    private final String token;
    private final Tally tally;
    private final int round;
    private final Belongings belongings;
    private final Map<Party, String> secrets = new EnumMap<>(Party.class);
    private final Map<String, String> ids = new HashMap<>();
    private final List<String> transcript = new ArrayList<>();
    private Wire wire;
    private int step;
    private int made;
    private String kind = "setup";

    /**
     * @param token is part of the names of the world's classes and students, and of no other's
     * @param round how often it was there before: what was stored for an Idempotency-Key then is no
     *     answer now
     */
    World(int port, Contract contract, String adminKey, String token, int round, Tally tally) {
        this.port = port;
        this.round = round;
        this.contract = contract;
        this.token = token;
        this.tally = tally;
        belongings = new Belongings(token);
        secrets.put(Party.ADMIN, adminKey);
        wire = connect();
        new Keys(this).giveOut(secrets);
        transcript.clear();
    }

    Contract contract() {
        return contract;
    }

    String token() {
        return token;
    }

    Belongings belongings() {
        return belongings;
    }

    /** Counts that valid data was refused by a rule that the document cannot say. */
    void excuse(String cause) {
        tally.excuse(cause);
    }

    /** What was sent since the beginning, as commands for a shell. */
    List<String> transcript() {
        return transcript;
    }

    /** Plays a step, which is the n-th of its session. */
    void play(int number, Step step) {
        this.step = number;
        made = 0;
        kind = step.kind();
        step.play(this);
    }

    /** What stands from now on for an id that the server made in this step. */
    String symbolFor(String id) {
        String symbol = "{{" + step + "-" + made++ + "}}";
        ids.put(symbol, id);
        return symbol;
    }

    String resolved(String text) {
        if (!text.contains("{{")) {
            return text;
        }
        String found = text;
        for (Map.Entry<String, String> each : ids.entrySet()) {
            found = found.replace(each.getKey(), each.getValue());
        }
        return found;
    }

    Call resolved(Call call) {
        List<String> headers =
                call.headers().stream().map(this::resolved).map(this::ofThisRound).toList();
        String body = call.body() == null ? null : resolved(call.body());
        return new Call(call.method(), resolved(call.path()), headers, body);
    }

    private String ofThisRound(String header) {
        return round > 0 && header.startsWith("Idempotency-Key:") ? header + "-" + round : header;
    }

    /** Sends a request that is one of an operation, and demands an answer as that documents. */
    Answer send(Party as, Operation operation, Call call) {
        Answer answer = send(as, call, operation.id());
        boolean hasBody = !call.method().equals("HEAD");
        check(
                operation + " answers as documented",
                answer,
                () -> {
                    if (hasBody) {
                        contract.document().checkAnswer(operation.says(), answer);
                    } else if (!operation.documents(answer.status())) {
                        throw new AssertionError("status not documented: " + answer);
                    }
                });
        new Outcome(this, as, operation, resolved(call)).learn(answer);
        return answer;
    }

    /** Sends a request that need not be one of an operation. */
    Answer send(Party as, Call call) {
        return send(as, call, "none");
    }

    private Answer send(Party as, Call symbolic, String operation) {
        Call call = resolved(symbolic);
        if (SYMBOL.matcher(call.text()).find()) {
            throw new Broken("what a step needs was made before", call.curl());
        }
        transcript.add(call.with("Authorization: Bearer $" + as).curl());
        Answer answer = exchange(authorized(as, call));
        tally.count(kind, operation, answer.status());
        check("an answer has what all have", answer, () -> EveryAnswer.check(answer));
        if (answer.status() >= 500) {
            throw new Broken("the server makes no mistake", call.curl() + " → " + answer);
        }
        String stranger =
                operation.equals("none") ? null : belongings.leak(as, call.text(), answer);
        if (stranger != null) {
            throw new Broken(
                    "nobody is told of another's", as + " sees " + stranger + " in " + answer);
        }
        return answer;
    }

    private static void check(String law, Answer answer, Runnable demand) {
        try {
            demand.run();
        } catch (AssertionError | RuntimeException e) {
            throw new Broken(law, e.getMessage() + " in " + answer);
        }
    }

    private Call authorized(Party as, Call call) {
        String secret = secrets.get(as);
        return secret == null ? call : call.with("Authorization: Bearer " + secret);
    }

    private Answer exchange(Call call) {
        try {
            Answer answer = exchanged(call);
            if (answer == null) { // the server ended the connection between two requests
                wire = reconnected();
                answer = exchanged(call);
            }
            if (answer == null) {
                throw new Broken("every request is answered", call.curl());
            }
            if ("close".equals(answer.header("Connection"))) {
                wire = reconnected();
            }
            return answer;
        } catch (IOException e) {
            wire = reconnected();
            throw new Broken("every request is answered", call.curl() + ", " + e);
        }
    }

    private @Nullable Answer exchanged(Call call) throws IOException {
        try {
            wire.send(call.bytes());
        } catch (SocketException e) {
            // what was answered before all was sent can still be read
        }
        return wire.read(call.method() + " " + call.path());
    }

    private Wire reconnected() {
        closeWire();
        return connect();
    }

    private void closeWire() {
        try {
            wire.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Wire connect() {
        try {
            return new Wire(port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes everything away that the world has made. */
    @Override
    public void close() {
        kind = "clearing up";
        try {
            new Keys(this).clearUp();
        } finally {
            closeWire();
        }
    }
}
