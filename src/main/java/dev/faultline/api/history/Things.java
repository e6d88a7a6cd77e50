package dev.faultline.api.history;

import dev.faultline.api.inspection.FrameBody;
import dev.faultline.api.inspection.PageBody;
import dev.faultline.api.processes.ProcessBody;
import dev.faultline.machine.Inspector;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.FileView;
import dev.faultline.machine.protocol.FrameView;
import dev.faultline.machine.protocol.PageView;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.protocol.ProcessView;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.SlotView;
import dev.faultline.machine.protocol.TlbEntryView;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/** The things that a machine is made of, one after the other, as far as versions are compared. */
final class Things implements Iterator<Things.Thing> {

    /** How many things are looked at together. */
    private static final int BATCH = 1024;

    /**
     * A thing.
     *
     * @param root which kind of thing it is
     * @param place its number among those of its root, or two of them
     * @param name what stands in for numbers that it does not have
     * @param pointer where it is shown
     * @param view what is compared
     * @param body what is shown of it
     */
    record Thing(
            int root,
            long place,
            long within,
            String name,
            String pointer,
            Object view,
            Function<Object, Object> body) {

        static final Comparator<Thing> ORDER =
                Comparator.comparingInt(Thing::root)
                        .thenComparingLong(Thing::place)
                        .thenComparingLong(Thing::within)
                        .thenComparing(Thing::name);

        /** What is shown of it. */
        Object shown() {
            return body.apply(view);
        }
    }

    /** A file, of which a hash stands for its bytes. */
    record FileBytes(String name, long size, String protection, int cachedPages, String sha256) {}

    /** Gives some things that follow, from where it stopped; none at the end. */
    private interface Source {
        List<Thing> next();
    }

    private final Inspector inspector;
    private final boolean oneTlb;
    private final Deque<Source> sources = new ArrayDeque<>();
    private final Deque<Thing> ready = new ArrayDeque<>();

    /** All things of a machine, in the order of {@link Thing#ORDER}. */
    Things(Machine machine) {
        inspector = machine.inspect();
        oneTlb = !machine.spec().tlb().split() && machine.spec().tlb().second() == null;
        int frames = inspector.frames().frameCount();
        sources.add(
                numbered(frames, (from, to) -> inspector.frames().frames(from, to), this::frame));
        int processes = inspector.processCount();
        sources.add(
                numbered(
                        processes,
                        (from, to) ->
                                IntStream.range(from, to)
                                        .mapToObj(at -> inspector.process(at + 1).orElseThrow())
                                        .toList(),
                        Things::process));
        for (int pid = 1; pid <= processes; pid++) {
            sources.add(pages(pid));
        }
        int places = inspector.translation().size();
        sources.add(numbered(places, inspector.translation()::entries, this::entry));
        sources.add(
                following(
                        from -> inspector.frames().slots((int) from, BATCH),
                        Things::slot,
                        Thing::place));
        sources.add(files());
    }

    private interface Rows<R> {
        List<R> rows(int from, int to);
    }

    private interface Maker<R> {
        Thing of(long place, R view);
    }

    private static <R> Source numbered(int count, Rows<R> rows, Maker<R> maker) {
        int[] next = {0};
        return () -> {
            int from = next[0];
            int to = Math.min(count, from + BATCH);
            next[0] = to;
            List<R> some = from < to ? rows.rows(from, to) : List.of();
            IntFunction<Thing> made = at -> maker.of((long) from + at, some.get(at));
            return IntStream.range(0, some.size()).mapToObj(made).toList();
        };
    }

    private static <R> Source following(
            LongFunction<List<R>> rows, Function<R, Thing> maker, Function<Thing, Long> place) {
        long[] next = {0};
        return () -> {
            List<Thing> some = rows.apply(next[0]).stream().map(maker).toList();
            next[0] = some.isEmpty() ? next[0] : place.apply(some.getLast()) + 1;
            return some;
        };
    }

    private Source pages(int pid) {
        boolean gone = inspector.process(pid).orElseThrow().state() == ProcessState.TERMINATED;
        return gone
                ? List::of
                : following(
                        from -> inspector.allocatedPages(pid, from, BATCH),
                        view -> page(pid, view),
                        Thing::within);
    }

    private Source files() {
        String[] last = {""};
        return () -> {
            List<Thing> some = inspector.files(last[0], BATCH).stream().map(this::file).toList();
            last[0] = some.isEmpty() ? last[0] : some.getLast().name();
            return some;
        };
    }

    private Thing frame(long number, FrameView view) {
        return new Thing(
                0, number, 0, "", "/frames/" + number, view, any -> FrameBody.of((FrameView) any));
    }

    private static Thing process(long at, ProcessView view) {
        return new Thing(
                1,
                view.pid(),
                0,
                "",
                "/processes/" + view.pid(),
                view,
                any -> ProcessBody.of((ProcessView) any));
    }

    private static Thing page(int pid, PageView view) {
        return new Thing(
                2,
                pid,
                view.page(),
                "",
                "/pages/" + pid + "/" + view.page(),
                view,
                any -> PageBody.of((PageView) any));
    }

    private Thing entry(long at, TlbEntryView view) {
        String unit = oneTlb ? "" : view.tlb() + "/";
        return new Thing(
                3,
                at,
                0,
                "",
                "/tlb/" + view.cpu() + "/" + unit + view.set() + "/" + view.way(),
                view,
                any -> any);
    }

    private static Thing slot(SlotView view) {
        return new Thing(4, view.slot(), 0, "", "/swap/" + view.slot(), view, any -> any);
    }

    private Thing file(FileView view) {
        FileBytes bytes =
                new FileBytes(
                        view.name(),
                        view.size(),
                        Protection.format(view.protection()),
                        view.cachedPages(),
                        hash(inspector.fileBytes(view.name()).orElseThrow()));
        String name = view.name().replace("~", "~0").replace("/", "~1");
        return new Thing(5, 0, 0, view.name(), "/files/" + name, bytes, any -> any);
    }

    private static String hash(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public boolean hasNext() {
        while (ready.isEmpty() && !sources.isEmpty()) {
            List<Thing> some = sources.getFirst().next();
            if (some.isEmpty()) {
                sources.removeFirst();
            }
            ready.addAll(some);
        }
        return !ready.isEmpty();
    }

    @Override
    public Thing next() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.removeFirst();
    }

    /** The next thing, which stays the next. */
    Thing peek() {
        if (!hasNext()) {
            throw new NoSuchElementException();
        }
        return ready.getFirst();
    }
}
