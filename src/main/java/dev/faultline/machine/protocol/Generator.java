package dev.faultline.machine.protocol;

import dev.faultline.machine.state.Numbered;
import dev.faultline.machine.state.Numbering;
import dev.faultline.machine.state.StateHash;
import dev.faultline.machine.state.StateWriter;

import java.util.Arrays;

/**
 * A program generated from a rule, a seed and a few numbers, as a textbook would describe it. Each
 * random choice is a hash of the seed and the index of the access, so any part of the program can
 * be generated at any time.
 */
public final class Generator implements Program {

    /** The rules. */
    public enum Kind {
        /** One address after the other, repeatedly. */
        @Numbered(1)
        SEQUENTIAL,
        /** Addresses {@code stride} bytes apart, repeatedly. */
        @Numbered(2)
        STRIDED,
        /** One access to each page in turn, repeatedly. */
        @Numbered(3)
        LOOP,
        /** Uniformly random addresses. */
        @Numbered(4)
        RANDOM,
        /** Random pages; page n has probability proportional to 1/n^theta. */
        @Numbered(5)
        ZIPF,
        /** One working set after the other, each used for a phase. */
        @Numbered(6)
        PHASES,
        /** The product of two square matrices by rows (loops i, k, j). */
        @Numbered(7)
        MATRIX_ROWS,
        /** The same by columns (loops j, k, i). */
        @Numbered(8)
        MATRIX_COLUMNS,
        /** Hoare's quicksort of random numbers. */
        @Numbered(9)
        QUICKSORT,
        /** A list whose nodes lie in random order, followed from head to end repeatedly. */
        @Numbered(10)
        LINKED_LIST,
        /**
         * A copying collector: objects are allocated in one half until it is full, then live ones
         * are copied to the other half.
         */
        @Numbered(11)
        GARBAGE_COLLECTOR
    }

    /**
     * The parameters of a generator.
     *
     * @param accesses the number of accesses; a program with an end of its own may have fewer
     * @param start the first address
     * @param bytes the size of the memory it works on
     * @param stride bytes between accesses
     * @param writes the share of writes, 0 to 1, where the rule does not say
     * @param theta the skew of the Zipf distribution
     * @param phases the number of working sets, one after the other
     * @param workingSet pages in each
     * @param live the share of memory still live at a collection, 0 to 1
     */
    public record Shape(
            @Numbered(1) Kind kind,
            @Numbered(2) long accesses,
            @Numbered(3) long start,
            @Numbered(4) long bytes,
            @Numbered(5) long stride,
            @Numbered(6) double writes,
            @Numbered(7) long seed,
            @Numbered(8) double theta,
            @Numbered(9) int phases,
            @Numbered(10) int workingSet,
            @Numbered(11) double live) {

        /** The same parameters with another seed. */
        public Shape withSeed(long other) {
            return new Shape(
                    kind,
                    accesses,
                    start,
                    bytes,
                    stride,
                    writes,
                    other,
                    theta,
                    phases,
                    workingSet,
                    live);
        }
    }

    private static final Numbering<Kind> KINDS = Numbering.of(Kind.class);

    /** Bytes of a number, a matrix element or a step of a sequence. */
    public static final long ELEMENT = 8;

    /** Bytes of an object or a list node. */
    public static final long OBJECT = 64;

    /** The most numbers to sort, list nodes or Zipf pages. */
    public static final int MOST_THINGS = 1 << 20;

    /** The most accesses of a program that has to be recorded. */
    private static final int MOST_RECORDED = 1 << 22;

    /** Host bytes of a program beside its arrays. */
    private static final long OBJECTS = 256;

    private final Shape shape;
    private final int offsetBits;
    private final long count;
    private final long things;
    private final String id;

    /** The order of a list's nodes, or the accesses of a sort; empty for other kinds. */
    private final int[] order;

    private final double[] cumulative;
    private int recorded;

    /** A program for machines with pages of {@code pageSize} bytes. */
    public Generator(Shape shape, long pageSize) {
        this.shape = shape;
        offsetBits = Long.numberOfTrailingZeros(pageSize);
        id = "generator-" + StateHash.of(this::saveRule);
        things =
                switch (shape.kind()) {
                    case ZIPF, LOOP, PHASES -> Math.max(1, shape.bytes() >>> offsetBits);
                    case LINKED_LIST, GARBAGE_COLLECTOR -> Math.max(2, shape.bytes() / OBJECT);
                    case MATRIX_ROWS, MATRIX_COLUMNS ->
                            Math.max(1, (long) Math.sqrt(shape.bytes() / 3.0 / ELEMENT));
                    case SEQUENTIAL, STRIDED, RANDOM, QUICKSORT ->
                            Math.max(1, shape.bytes() / ELEMENT);
                };
        cumulative = shape.kind() == Kind.ZIPF ? zipf((int) things, shape.theta()) : new double[0];
        order =
                switch (shape.kind()) {
                    case LINKED_LIST -> permutation((int) things);
                    case QUICKSORT -> sorted((int) things);
                    default -> new int[0];
                };
        count =
                switch (shape.kind()) {
                    case QUICKSORT -> Math.min(shape.accesses(), recorded);
                    case MATRIX_ROWS, MATRIX_COLUMNS ->
                            Math.min(shape.accesses(), 3 * things * things * things);
                    default -> shape.accesses();
                };
    }

    /** The most host memory, in bytes, that making this program takes. */
    public static long mostHostBytes(Shape shape, long pageSize) {
        long things =
                switch (shape.kind()) {
                    case ZIPF -> shape.bytes() / pageSize;
                    case LINKED_LIST -> shape.bytes() / OBJECT;
                    case QUICKSORT -> shape.bytes() / ELEMENT;
                    default -> 0;
                };
        long recorded =
                shape.kind() == Kind.QUICKSORT ? Math.min(shape.accesses(), MOST_RECORDED) : 0;
        return OBJECTS + Long.BYTES * (things + 2) + 2L * Integer.BYTES * recorded;
    }

    private static double[] zipf(int pages, double theta) {
        double[] sums = new double[pages];
        double sum = 0;
        for (int page = 0; page < pages; page++) {
            sum += 1 / StrictMath.pow(page + 1.0, theta);
            sums[page] = sum;
        }
        return sums;
    }

    private int[] permutation(int count) {
        int[] nodes = new int[count];
        Arrays.setAll(nodes, i -> i);
        for (int i = count - 1; i > 0; i--) {
            int other = (int) Long.remainderUnsigned(hash(i), i + 1L);
            int node = nodes[i];
            nodes[i] = nodes[other];
            nodes[other] = node;
        }
        return nodes;
    }

    @Override
    public String id() {
        return id;
    }

    private void saveRule(StateWriter out) {
        out.writeInt(offsetBits);
        out.writeInt(KINDS.of(shape.kind()));
        out.writeLong(shape.accesses());
        out.writeLong(shape.start());
        out.writeLong(shape.bytes());
        out.writeLong(shape.stride());
        out.writeLong(Double.doubleToLongBits(shape.writes()));
        out.writeLong(shape.seed());
        out.writeLong(Double.doubleToLongBits(shape.theta()));
        out.writeLong(shape.phases());
        out.writeLong(shape.workingSet());
        out.writeLong(Double.doubleToLongBits(shape.live()));
    }

    /** What it was made of. */
    public Shape shape() {
        return shape;
    }

    /** Bytes of the pages that it was made for. */
    public long pageSize() {
        return 1L << offsetBits;
    }

    @Override
    public long count() {
        return count;
    }

    @Override
    public long hostBytes() {
        return 4L * order.length + 8L * cumulative.length;
    }

    @Override
    public long fill(AccessBlock block, long from, long to) {
        for (long i = from; i < to; i++) {
            switch (shape.kind()) {
                case SEQUENTIAL -> add(block, i, i % things * ELEMENT);
                case STRIDED -> add(block, i, i * shape.stride() % shape.bytes());
                case LOOP -> add(block, i, i % things << offsetBits);
                case RANDOM -> add(block, i, Long.remainderUnsigned(hash(i), things) * ELEMENT);
                case ZIPF -> add(block, i, (long) rank(unit(i)) << offsetBits);
                case PHASES -> add(block, i, phasePage(i) << offsetBits);
                case MATRIX_ROWS, MATRIX_COLUMNS -> addMatrix(block, i);
                case QUICKSORT -> addSorted(block, order[(int) i]);
                case LINKED_LIST -> add(block, i, order[(int) (i % things)] * OBJECT);
                case GARBAGE_COLLECTOR -> addCollected(block, i);
            }
        }
        return to;
    }

    private void add(AccessBlock block, long i, long offset) {
        boolean write = shape.writes() > 0 && unit(~i) < shape.writes();
        block.add(write ? Op.WRITE : Op.READ, shape.start() + offset);
    }

    private int rank(double of) {
        double wanted = of * cumulative[cumulative.length - 1];
        int found = Arrays.binarySearch(cumulative, wanted);
        return Math.min(found < 0 ? -1 - found : found + 1, cumulative.length - 1);
    }

    private long phasePage(long i) {
        long length = Math.max(1, (shape.accesses() + shape.phases() - 1) / shape.phases());
        long phase = i / length;
        long set = Math.min(shape.workingSet(), things);
        long first = Long.remainderUnsigned(hash(-2 - phase), things - set + 1);
        return first + Long.remainderUnsigned(hash(i), set);
    }

    /** Each step reads one element of both factors and writes one of the product. */
    private void addMatrix(AccessBlock block, long i) {
        long n = things;
        long step = i / 3;
        long outer = step / (n * n);
        long middle = step / n % n;
        long inner = step % n;
        boolean rows = shape.kind() == Kind.MATRIX_ROWS;
        long row = rows ? outer : inner;
        long column = rows ? inner : outer;
        long element =
                switch ((int) (i % 3)) {
                    case 0 -> row * n + middle;
                    case 1 -> n * n + middle * n + column;
                    default -> 2 * n * n + row * n + column;
                };
        block.add(i % 3 == 2 ? Op.WRITE : Op.READ, shape.start() + element * ELEMENT);
    }

    /** A recorded access is the index of an element; a write is its complement. */
    private void addSorted(AccessBlock block, int access) {
        boolean write = access < 0;
        long element = write ? ~access : access;
        block.add(write ? Op.WRITE : Op.READ, shape.start() + element * ELEMENT);
    }

    /**
     * Objects are allocated until a half is full. Then the live ones are read and written to the
     * other half, where new objects follow them. Nothing is live yet in the first cycle.
     */
    private void addCollected(AccessBlock block, long i) {
        long half = things / 2;
        long live = Math.min(half - 1, (long) (half * shape.live()));
        long length = half + live; // to make what is missing, and copy what lives
        long cycle = i < length + live ? 0 : (i - live) / length;
        long step = cycle == 0 ? i : (i - live) % length;
        long kept = cycle == 0 ? 0 : live;
        long here = cycle % 2 == 0 ? 0 : half;
        long there = half - here;
        if (step < half - kept) {
            block.add(Op.WRITE, shape.start() + (here + kept + step) * OBJECT);
        } else {
            long copied = step - (half - kept);
            long object = copied / 2;
            boolean read = copied % 2 == 0;
            block.add(
                    read ? Op.READ : Op.WRITE,
                    shape.start() + (read ? here + object * half / live : there + object) * OBJECT);
        }
    }

    private int[] sorted(int count) {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = hash(i);
        }
        int[] accesses = new int[(int) Math.min(shape.accesses(), MOST_RECORDED)];
        int[] stack = new int[128];
        int depth = 0;
        stack[depth++] = 0;
        stack[depth++] = count - 1;
        while (depth > 0 && recorded < accesses.length) {
            int high = stack[--depth];
            int low = stack[--depth];
            if (low >= high) {
                continue;
            }
            long pivot = read(numbers, accesses, low + (high - low) / 2);
            int left = low;
            int right = high;
            while (left <= right) {
                while (read(numbers, accesses, left) < pivot) {
                    left++;
                }
                while (read(numbers, accesses, right) > pivot) {
                    right--;
                }
                if (left <= right) {
                    long number = numbers[left];
                    write(numbers, accesses, left, numbers[right]);
                    write(numbers, accesses, right, number);
                    left++;
                    right--;
                }
            }
            boolean lowerIsLarger = right - low > high - left; // the larger half waits
            stack[depth++] = lowerIsLarger ? low : left;
            stack[depth++] = lowerIsLarger ? right : high;
            stack[depth++] = lowerIsLarger ? left : low;
            stack[depth++] = lowerIsLarger ? high : right;
        }
        return Arrays.copyOf(accesses, recorded);
    }

    private long read(long[] numbers, int[] accesses, int at) {
        if (recorded < accesses.length) {
            accesses[recorded++] = at;
        }
        return numbers[at];
    }

    private void write(long[] numbers, int[] accesses, int at, long value) {
        numbers[at] = value;
        if (recorded < accesses.length) {
            accesses[recorded++] = ~at;
        }
    }

    /** A number from 0 to below 1, by the access. */
    private double unit(long i) {
        return (hash(i) >>> 11) * 0x1.0p-53;
    }

    /** SplitMix64's finish over the seed and a number (Steele, Lea, Flood, OOPSLA 2014). */
    private long hash(long i) {
        long z = shape.seed() + (i + 1) * 0x9E3779B97F4A7C15L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
