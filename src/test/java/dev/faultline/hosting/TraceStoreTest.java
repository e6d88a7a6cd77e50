package dev.faultline.hosting;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.faultline.hosting.HostingException.Reason;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;
import dev.faultline.testing.SmallDisk;
import dev.faultline.trace.StoredTrace;
import dev.faultline.trace.StoredTraceException;
import dev.faultline.trace.TraceCursor;
import dev.faultline.trace.TraceProgram;
import dev.faultline.trace.TraceReader;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/** What happens to stored traces when the disk, or a kill, does something to them. */
@ExtendWith(OutputCaptureExtension.class)
class TraceStoreTest {

    private static final MachineSpec SPEC = StoredTrace.readingSpec();
    private static final String DRAFT = "draft-00000000-0000-0000-0000-000000000000";

    @TempDir Path folder;

    private TraceStore open(Path at, long bytes) {
        return new TraceStore(new TraceSettings(at.toString(), bytes), Hosts.NO_QUOTAS);
    }

    private TraceStore open() {
        return open(folder, 1 << 24);
    }

    /** Accesses of one page after the other, with a size; what is to happen on the way does. */
    private record Walk(int first, int count, int size, Runnable halfWay) {

        static Walk of(int first, int count, int size) {
            return new Walk(first, count, size, () -> {});
        }

        TraceReader reader() {
            return new TraceReader() {
                private int next = first;

                @Override
                public boolean read(AccessBlock block) {
                    if (next == first + count / 2) {
                        halfWay.run();
                    }
                    int end = next < first + count / 2 ? first + count / 2 : first + count;
                    while (next < end && block.count() < 1000) {
                        block.addSpan(Op.WRITE, next * 4096L, size);
                        next++;
                    }
                    return block.count() > 0;
                }
            };
        }
    }

    private static TraceStore.Stored store(TraceStore store, Walk walk) {
        try {
            return store.store(Owner.LOCAL, walk.reader(), SPEC);
        } catch (IOException e) {
            throw new AssertionError("the reader raises nothing", e);
        }
    }

    private List<String> files(Path at) throws IOException {
        try (Stream<Path> all = Files.list(at)) {
            return all.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static Reason reason(ThrowingCallable call) {
        HostingException raised = catchThrowableOfType(HostingException.class, call);
        assertThat(raised).as("a refusal").isNotNull();
        return raised.reason();
    }

    // ---- drafts

    @Test
    void whatAKilledServerLeftIsDeleted() throws IOException {
        Files.write(folder.resolve(DRAFT), new byte[100]);
        Files.write(folder.resolve(DRAFT + ".sizes"), new byte[100]);
        Files.write(folder.resolve(DRAFT.replace('0', '1') + ".sizes"), new byte[100]);
        Files.write(folder.resolve("notes"), new byte[100]);
        open();
        assertThat(files(folder)).containsExactly("notes");
    }

    @Test
    void whatIsOnItsWayInIsNot() throws IOException {
        TraceStore store = open();
        Walk walk = new Walk(0, 10_000, 4, this::open); // another server, in the same folder
        String id = store(store, walk).trace().id();
        assertThat(files(folder)).containsExactly(id + ".trace");
        open().find(Caller.LOCAL, id).cursor().checkAll();
    }

    @Test
    void draftsCountTowardsTheLimit() throws IOException {
        TraceStore store = open(folder, 1_000_000);
        Walk second = Walk.of(1 << 20, 100_000, 1);
        Walk first =
                new Walk(
                        0,
                        80_000,
                        1,
                        () ->
                                assertThat(reason(() -> store(store, second)))
                                        .isEqualTo(Reason.TRACES_FULL));
        assertThat(store(store, first).isNew()).isTrue();
        assertThat(reason(() -> store(store, second))).isEqualTo(Reason.TRACES_FULL);
        assertThat(files(folder)).as("nothing half left").hasSize(1);
        store.delete(Caller.LOCAL, store.list(Caller.LOCAL, "", 1).getFirst().id());
        assertThat(store(store, second).isNew()).isTrue();
    }

    /** 8 bytes an access, 4 more for a size, and 4 more while the sizes are put behind. */
    @Test
    void sizesCountTowardsTheLimit() {
        TraceStore store = open(folder, 300_000);
        assertThat(reason(() -> store(store, Walk.of(0, 20_000, 2)))).isEqualTo(Reason.TRACES_FULL);
        assertThat(store(store, Walk.of(0, 18_000, 2)).trace().bytes()).isEqualTo(64 + 12 * 18_000);
        assertThat(reason(() -> store(store, Walk.of(0, 18_000, 1)))).isEqualTo(Reason.TRACES_FULL);
    }

    @Test
    void whatIsStoredTwiceCountsOnce() {
        TraceStore store = open(folder, 200_000);
        for (int i = 0; i < 10; i++) {
            assertThat(store(store, Walk.of(0, 10_000, 1)).isNew()).isEqualTo(i == 0);
        }
        assertThat(store(store, Walk.of(1, 10_000, 1)).isNew()).isTrue();
    }

    // ---- disks

    @Test
    void aFullDisk(CapturedOutput log) throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 256)) {
            TraceStore store = open(disk.folder(), 1 << 24);
            StoredTrace small = store(store, Walk.of(0, 1_000, 1)).trace();
            for (int i = 0; i < 3; i++) {
                assertThat(reason(() -> store(store, Walk.of(0, 50_000, 4))))
                        .isEqualTo(Reason.STORE_UNAVAILABLE);
            }
            assertThat(files(disk.folder())).containsExactly(small.id() + ".trace");
            small.cursor().checkAll();
            assertThat(log.getOut()).containsOnlyOnce("cannot be used");
            store(store, Walk.of(7, 1_000, 1));
            assertThat(log.getOut()).contains("can be used again");
        }
    }

    @Test
    void aDiskThatCannotBeWritten() throws Exception {
        try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), 1024)) {
            StoredTrace trace = store(open(disk.folder(), 1 << 24), Walk.of(0, 1_000, 1)).trace();
            Files.write(disk.folder().resolve(DRAFT), new byte[100]);
            disk.setReadOnly(true);
            TraceStore store = open(disk.folder(), 1 << 24);
            assertThat(reason(() -> store(store, Walk.of(1, 1_000, 1))))
                    .isEqualTo(Reason.STORE_UNAVAILABLE);
            assertThat(reason(() -> store.delete(Caller.LOCAL, trace.id())))
                    .isEqualTo(Reason.STORE_UNAVAILABLE);
            store.find(Caller.LOCAL, trace.id()).cursor().checkAll();
            disk.setReadOnly(false);
            store.delete(Caller.LOCAL, trace.id());
            open(disk.folder(), 1 << 24);
            assertThat(files(disk.folder())).isEmpty();
        }
    }

    @Test
    void aFolderThatIsAFile() throws IOException {
        Path file = Files.write(folder.resolve("file"), new byte[1]);
        TraceStore store = open(file, 1 << 24);
        assertThat(reason(() -> store(store, Walk.of(0, 10, 1))))
                .isEqualTo(Reason.STORE_UNAVAILABLE);
    }

    // ---- damage

    /** What may happen to the file of a trace with sizes. */
    enum Damage {
        FLIPPED_IN_THE_HEADER,
        FLIPPED_IN_AN_ACCESS,
        FLIPPED_IN_A_SIZE,
        CUT,
        CUT_TO_THE_HEADER,
        EMPTY,
        LONGER,
        ANOTHER_TRACE,
        GONE;

        /** Whether a server that has seen the file sound reads on as if nothing were. */
        boolean isOutsideOfWhatIsRead() {
            return this == FLIPPED_IN_THE_HEADER || this == LONGER;
        }

        void doTo(Path file, Path other) throws IOException {
            byte[] bytes = Files.readAllBytes(file);
            int half = bytes.length / 2;
            switch (this) {
                case FLIPPED_IN_THE_HEADER -> write(file, flipped(bytes, 50));
                case FLIPPED_IN_AN_ACCESS -> write(file, flipped(bytes, 64 + 8 * 5000));
                case FLIPPED_IN_A_SIZE -> write(file, flipped(bytes, bytes.length - 2));
                case CUT -> write(file, Arrays.copyOf(bytes, half));
                case CUT_TO_THE_HEADER -> write(file, Arrays.copyOf(bytes, 64));
                case EMPTY -> write(file, new byte[0]);
                case LONGER -> write(file, Arrays.copyOf(bytes, bytes.length + 12));
                case ANOTHER_TRACE -> write(file, Files.readAllBytes(other));
                case GONE -> Files.delete(file);
            }
        }

        private static byte[] flipped(byte[] bytes, int at) {
            bytes[at] ^= 4;
            return bytes;
        }

        /** In place: the file may be open. */
        private static void write(Path file, byte[] bytes) throws IOException {
            Files.write(file, bytes);
        }
    }

    private void damage(Damage damage, String id, String otherId) throws IOException {
        damage.doTo(folder.resolve(id + ".trace"), folder.resolve(otherId + ".trace"));
    }

    private static void isDamaged(ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        StoredTraceException.class, e -> assertThat(e.isDamaged()).isTrue());
    }

    @ParameterizedTest
    @EnumSource
    void damageIsNoticedAfterARestart(Damage damage) throws IOException {
        Walk walk = Walk.of(0, 10_000, 4);
        String id = store(open(), walk).trace().id();
        String other = store(open(), Walk.of(1, 10_000, 4)).trace().id();
        damage(damage, id, other);
        TraceStore store = open();
        if (damage == Damage.GONE) {
            assertThat(reason(() -> store.find(Caller.LOCAL, id))).isEqualTo(Reason.NO_SUCH_TRACE);
        } else {
            isDamaged(() -> store.find(Caller.LOCAL, id));
            isDamaged(() -> store.find(Caller.LOCAL, id));
            assertThat(store.list(Caller.LOCAL, "", 10))
                    .filteredOn(each -> each.trace() == null)
                    .extracting(TraceStore.Listed::id)
                    .containsExactly(id);
        }
        assertThat(store.find(Caller.LOCAL, other).count()).isEqualTo(10_000);
        assertThat(store(store, walk).isNew()).as("stored again").isTrue();
        store.find(Caller.LOCAL, id).cursor().checkAll();
        open().find(Caller.LOCAL, id).cursor().checkAll();
    }

    @ParameterizedTest
    @EnumSource
    void damageIsNoticedWhileItRuns(Damage damage) throws IOException {
        TraceStore store = open();
        Walk walk = Walk.of(0, 10_000, 4);
        StoredTrace trace = store(store, walk).trace();
        String other = store(store, Walk.of(1, 10_000, 4)).trace().id();
        damage(damage, trace.id(), other);
        if (damage.isOutsideOfWhatIsRead()) {
            trace.cursor().checkAll();
            return;
        }
        isDamaged(() -> trace.cursor().checkAll());
        isDamaged(() -> sumOfAll(trace));
        assertThat(store(store, walk).isNew()).as("stored again").isTrue();
        assertThat(sumOfAll(trace)).as("by who had it before too").isEqualTo(sumOf(walk));
    }

    private static long sumOfAll(StoredTrace trace) {
        TraceCursor cursor = trace.cursor();
        long sum = 0;
        for (long at = 0; at < trace.count(); at++) {
            sum += cursor.address(at) + cursor.size(at) + cursor.op(at);
        }
        return sum;
    }

    private static long sumOf(Walk walk) {
        long sum = 0;
        for (int at = 0; at < walk.count(); at++) {
            sum += (walk.first() + at) * 4096L + walk.size() + Op.WRITE;
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsDamagedCanBeDeleted(boolean afterARestart) throws IOException {
        TraceStore store = open();
        String id = store(store, Walk.of(0, 10_000, 1)).trace().id();
        damage(Damage.CUT, id, id);
        TraceStore then = afterARestart ? open() : store;
        then.delete(Caller.LOCAL, id);
        assertThat(files(folder)).isEmpty();
        assertThat(reason(() -> then.find(Caller.LOCAL, id))).isEqualTo(Reason.NO_SUCH_TRACE);
    }

    @Test
    void aTraceBelongsToThoseThatStoredItAndGoesWithTheLast() throws IOException {
        Caller ada = Caller.student("cs124", "ada");
        Caller teacher = Caller.teacher("cs124");
        Caller other = Caller.teacher("cs125");
        Walk walk = Walk.of(0, 1_000, 1);
        TraceStore store = open();
        for (Caller each : List.of(ada, Caller.LOCAL, other)) {
            TraceStore.Stored first = store.store(each.owner(), walk.reader(), SPEC);
            assertThat(first.isNew()).as("of content that others have").isTrue();
            assertThat(store.store(each.owner(), walk.reader(), SPEC).isNew()).isFalse();
        }
        String id = store.list(ada, "", 10).getFirst().id();
        long bytes = store.find(ada, id).bytes();
        assertThat(store.bytesOf(ada.owner())).isEqualTo(bytes);
        assertThat(store.bytesOf(teacher.owner())).isZero();
        for (TraceStore then : List.of(store, open())) {
            assertThat(then.list(Caller.student("cs124", "bob"), "", 10)).isEmpty();
            assertThat(reason(() -> then.find(Caller.student("cs124", "bob"), id)))
                    .isEqualTo(Reason.NO_SUCH_TRACE);
            then.find(teacher, id).cursor().checkAll();
        }
        store.delete(teacher, id); // ada's goes, the others' stay
        assertThat(reason(() -> store.find(ada, id))).isEqualTo(Reason.NO_SUCH_TRACE);
        assertThat(reason(() -> open().find(ada, id))).isEqualTo(Reason.NO_SUCH_TRACE);
        open().find(other, id).cursor().checkAll();
        store.delete(other, id);
        assertThat(files(folder)).hasSize(2);
        open().find(Caller.LOCAL, id).cursor().checkAll();
        store.delete(Caller.LOCAL, id);
        assertThat(files(folder)).isEmpty();
    }

    @Test
    void aMarkWithoutItsTraceIsDeletedAtTheNextStart() throws IOException {
        Caller ada = Caller.student("cs124", "ada");
        String id = open().store(ada.owner(), Walk.of(0, 10, 1).reader(), SPEC).trace().id();
        assertThat(reason(() -> open().find(Caller.student("cs124", "bob"), id)))
                .isEqualTo(Reason.NO_SUCH_TRACE);
        Files.delete(folder.resolve(id + ".trace"));
        open();
        assertThat(files(folder)).isEmpty();
    }

    /** Whoever has begun to read, or is to read, goes on. */
    @Test
    void aTraceThatIsDeletedIsReadToItsEnd() {
        TraceStore store = open();
        StoredTrace trace = store(store, Walk.of(0, 10_000, 4)).trace();
        TraceCursor cursor = trace.cursor();
        TraceProgram program = new TraceProgram(trace);
        store.delete(Caller.LOCAL, trace.id());
        cursor.checkAll();
        AccessBlock block = new AccessBlock(SPEC, 4096);
        program.fill(block, 5_000, 9_000);
        assertThat(block.count()).isEqualTo(4_000);
        assertThat(block.address(0)).isEqualTo(5_000 * 4096L);
        assertThat(sumOfAll(trace)).isEqualTo(sumOf(Walk.of(0, 10_000, 4)));
    }

    @Test
    void whatIsStoredWhileItsLastOwnerLetsItGoIsThere() throws Exception {
        Caller ada = Caller.student("cs124", "ada");
        Caller bob = Caller.student("cs124", "bob");
        Walk walk = Walk.of(0, 10, 1);
        TraceStore store = open();
        AtomicBoolean stop = new AtomicBoolean();
        Thread others =
                Thread.startVirtualThread(
                        () -> {
                            while (!stop.get()) {
                                String id = store(store, bob, walk).trace().id();
                                store.delete(bob, id);
                            }
                        });
        for (int i = 0; i < 500; i++) {
            String id = store(store, ada, walk).trace().id();
            assertThat(store.find(ada, id).accesses()).isEqualTo(10);
            store.delete(ada, id);
        }
        stop.set(true);
        others.join();
        assertThat(files(folder)).isEmpty();
    }

    private static TraceStore.Stored store(TraceStore store, Caller caller, Walk walk) {
        try {
            return store.store(caller.owner(), walk.reader(), SPEC);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
