package dev.faultline.contract;

import dev.faultline.contract.Contract.Operation;
import dev.faultline.http.Answer;

import org.jspecify.annotations.Nullable;

import java.util.Set;

/** Something that is asked, and what the contract says must be answered. */
sealed interface Step {

    /** What an answer may be to a caller who may not do it, or who comes too often. */
    Set<Integer> REFUSED = Set.of(401, 403, 429);

    Call call();

    /** The same with another request. */
    Step with(Call other);

    String kind();

    /** Asks, and throws {@link Broken} if the answer is not as it must be. */
    void play(World world);

    /** Data that the document allows. */
    record Valid(Party as, Operation operation, Call call) implements Step {

        @Override
        public Step with(Call other) {
            return new Valid(as, operation, other);
        }

        @Override
        public String kind() {
            return "valid";
        }

        @Override
        public void play(World world) {
            Outcome outcome = new Outcome(world, as, operation, world.resolved(call));
            outcome.demandCarriedOut(world.send(as, operation, call));
        }
    }

    /**
     * Data that the document does not allow.
     *
     * @param why what is wrong with it
     */
    record Invalid(Party as, Operation operation, Call call, String why) implements Step {

        @Override
        public Step with(Call other) {
            return new Invalid(as, operation, other, why);
        }

        @Override
        public String kind() {
            return "invalid";
        }

        @Override
        public void play(World world) {
            Answer answer = world.send(as, operation, call);
            boolean unread = // what comes after the access that ended the process
                    operation.template().endsWith("/trace")
                            && !answer.json().path("stopped").isNull();
            if (answer.status() < 400 && !unread) {
                throw new Broken("invalid data is refused", why + ": " + answer);
            }
        }
    }

    /**
     * What belongs to another, asked for by one who does not see it.
     *
     * @param owner whose it is
     * @param thing what it is
     * @param name how it is named
     * @param twin a name like it that stands for nothing
     */
    record Hidden(
            Party as,
            Operation operation,
            Call call,
            Party owner,
            Thing thing,
            String name,
            String twin)
            implements Step {

        @Override
        public Step with(Call other) {
            return new Hidden(as, operation, other, owner, thing, name, twin);
        }

        @Override
        public String kind() {
            return "another's";
        }

        @Override
        public void play(World world) {
            if (!isHidden(world)) {
                return;
            }
            Answer theirs = world.send(as, operation, call);
            Answer nobodys = world.send(as, operation, twin(call));
            if (theirs.status() < 400) {
                throw new Broken(
                        "nobody reaches another's", as + " reaches " + owner + "'s: " + theirs);
            }
            String known = Twins.comparable(theirs, world.resolved(name), twin);
            String unknown = Twins.comparable(nobodys, twin, twin);
            boolean busy = theirs.status() == 429 || nobodys.status() == 429;
            if (!known.equals(unknown) && !busy) {
                throw new Broken(
                        "another's is as if it were not there", theirs + " but " + nobodys);
            }
            if (theirs.status() != 404
                    && as.works()
                    && !busy
                    && theirs.status() != 403
                    && theirs.status() != 400) {
                throw new Broken("another's is not found", theirs.toString());
            }
        }

        private Call twin(Call of) {
            String body = of.body() == null ? null : of.body().replace(name, twin);
            return of.path(of.path().replace(name, twin)).body(body);
        }

        private boolean isHidden(World world) {
            String id = world.resolved(thing.symbol());
            return world.belongings().hidden(as, thing.collection()).stream()
                    .anyMatch(each -> each.owner() == owner && each.id().equals(id));
        }
    }

    /** A method that a path does not have. */
    record WrongMethod(Party as, Operation operation, Call call) implements Step {

        @Override
        public Step with(Call other) {
            return new WrongMethod(as, operation, other);
        }

        @Override
        public String kind() {
            return "wrong method";
        }

        @Override
        public void play(World world) {
            Answer answer = world.send(as, call);
            if (answer.status() == 405) {
                demandAllow(world, operation, answer);
            } else if (!REFUSED.contains(answer.status()) || as == Party.ADMIN) {
                throw new Broken("a method that is not there is 405", answer.toString());
            }
        }

        static void demandAllow(World world, Operation operation, Answer answer) {
            String allow = String.join(", ", world.contract().methods(operation.template()));
            if (!allow.equals(answer.header("Allow"))) {
                throw new Broken("Allow lists what is documented", allow + " of " + answer);
            }
        }
    }

    /**
     * A media type that the operation does not have.
     *
     * @param status what says so
     */
    record WrongType(Party as, Operation operation, Call call, int status) implements Step {

        @Override
        public Step with(Call other) {
            return new WrongType(as, operation, other, status);
        }

        @Override
        public String kind() {
            return "wrong media type";
        }

        @Override
        public void play(World world) {
            Answer answer = world.send(as, operation, call);
            if (answer.status() != status
                    && !REFUSED.contains(answer.status())
                    && answer.status() != 404
                    && answer.status() != 412) {
                throw new Broken("a media type that is not there is refused", answer.toString());
            }
        }
    }

    /** The head of what can be read, and its methods. */
    record Heads(Party as, Operation operation, Call call) implements Step {

        @Override
        public Step with(Call other) {
            return new Heads(as, operation, other);
        }

        @Override
        public String kind() {
            return "head and options";
        }

        @Override
        public void play(World world) {
            Answer whole = world.send(as, operation, call);
            Answer head = world.send(as, operation, call.method("HEAD"));
            boolean busy = whole.status() == 429 || head.status() == 429;
            boolean same =
                    whole.status() == head.status() && whole.mediaType().equals(head.mediaType());
            if (!same && !busy) {
                throw new Broken("HEAD is GET without a body", whole + " but " + head);
            }
            Answer options = world.send(as, call.method("OPTIONS"));
            if (options.status() == 200) {
                WrongMethod.demandAllow(world, operation, options);
            } else if (!REFUSED.contains(options.status())) {
                throw new Broken("OPTIONS is answered", options.toString());
            }
        }
    }

    /**
     * The same request twice with one Idempotency-Key, then by another.
     *
     * @param other one who does not see what the first has
     */
    record Twice(Party as, Party other, Operation operation, Call call) implements Step {

        @Override
        public Step with(Call changed) {
            return new Twice(as, other, operation, changed);
        }

        @Override
        public String kind() {
            return "the same key twice";
        }

        @Override
        public void play(World world) {
            Answer first = world.send(as, operation, call);
            if (first.status() >= 300) {
                return;
            }
            Answer again = world.send(as, operation, call);
            boolean same = again.status() == first.status() && again.text().equals(first.text());
            if (!same || !"true".equals(again.header("Idempotency-Replayed"))) {
                throw new Broken("the same key replays", first + " but " + again);
            }
            Answer others = world.send(other, operation, call);
            if (others.header("Idempotency-Replayed") != null) {
                throw new Broken("a key is its owner's alone", others.toString());
            }
        }
    }

    /** A list's cursor, used by another. */
    record Cursor(Party as, Party other, Operation operation, Call call) implements Step {

        @Override
        public Step with(Call changed) {
            return new Cursor(as, other, operation, changed);
        }

        @Override
        public String kind() {
            return "another's cursor";
        }

        @Override
        public void play(World world) {
            Answer first = world.send(as, operation, call);
            @Nullable String cursor =
                    first.status() == 200 ? first.json().path("nextCursor").asString(null) : null;
            if (cursor != null) {
                String next = call.path() + "&cursor=" + cursor;
                Answer own = world.send(as, operation, call.path(next));
                Answer others = world.send(other, operation, call.path(next));
                if (own.status() != 200 && own.status() != 410 && own.status() != 429) {
                    throw new Broken("a cursor goes on", own.toString());
                }
                if (others.status() == 400) {
                    throw new Broken("a cursor is a place in any list", others.toString());
                }
            }
        }
    }
}
