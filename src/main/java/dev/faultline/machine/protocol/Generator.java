package dev.faultline.machine.protocol;

import java.util.Arrays;
import java.util.Locale;

/**
 * A program made of a rule, a seed and a few numbers, as a textbook would describe it. What is
 * random of an access is a hash of the seed and the access's number, so that any part of the
 * program can be had at any time.
 */
public final class Generator implements Program {

    /** The rules. */
    public enum Kind {
        /** One address after the other, over and over. */
        SEQUENTIAL,
        /** Addresses a stride apart, over and over. */
        STRIDED,
        /** One access to each page in turn, over and over. */
        LOOP,
        /** Any address, all as likely. */
        RANDOM,
        /** Pages of which the n-th is as likely as 1/n to the power of theta. */
        ZIPF,
        /** A working set of a few pages for a time, then another. */
        PHASES,
        /** The product of two square matrices, along the rows (loops i, k, j). */
        MATRIX_ROWS,
        /** The same, down the columns (loops j, k, i). */
        MATRIX_COLUMNS,
        /** Hoare's quicksort of random numbers. */
        QUICKSORT,
        /** A list whose nodes lie in a random order, from its head to its end, over and over. */
        LINKED_LIST,
        /** Allocation in one half of memory until it is full; then what lives is copied over. */
        GARBAGE_COLLECTOR
    }

    /**
     * What a generator is made of.
     *
     * @param accesses of the program; the whole of it where there is an end, if that is less
     * @param start the first address
     * @param bytes of memory that it works on
     * @param stride bytes between accesses
     * @param writes the share of accesses that write, 0 to 1, where the rule does not say
     * @param theta how uneven Zipf's pages are
     * @param phases working sets, one after the other
     * @param workingSet pages of each
     * @param live the share of memory that lives when it is collected, 0 to 1
     */
    public record Shape(
            Kind kind,
            long accesses,
            long start,
            long bytes,
            long stride,
            double writes,
            long seed,
            double theta,
            int phases,
            int workingSet,
            double live) {

        /** The same with another seed. */
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

    /** Bytes of a number, of a matrix's element, of a step of a sequence. */
    public static final long ELEMENT = 8;

    /** Bytes of an object, of a list's node. */
    public static final long OBJECT = 64;

    /** Numbers that are sorted, nodes of a list and pages of Zipf at most. */
    public static final int MOST_THINGS = 1 << 20;

    /** Accesses of a program that has to be written down at most. */
    private static final int MOST_RECORDED = 1 << 22;

    /** What a program takes beside its lists. */
    private static final long OBJECTS = 256;

    private final Shape shape;
    private final int offsetBits;
    private final long count;
    private final long things;

    /** By kind: the order of a list's nodes, or what a sort accessed. */
    private final int[] order;

    private final double[] cumulative;
    private int recorded;

    /** A program for machines with pages of so many bytes. */
    public Generator(Shape shape, long pageSize) {
        this.shape = shape;
        offsetBits = Long.numberOfTrailingZeros(pageSize);
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

    /** Bytes of the host's memory that making a program takes at most. */
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
        return "generator-" + offsetBits + "-" + shape.toString().toLowerCase(Locale.ROOT);
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

    /** Each step reads an element of both factors and writes one of the product. */
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

    /** A recorded access is an element's number, and whether it was written, in the sign. */
    private void addSorted(AccessBlock block, int access) {
        boolean write = access < 0;
        long element = write ? ~access : access;
        block.add(write ? Op.WRITE : Op.READ, shape.start() + element * ELEMENT);
    }

    /**
     * As many objects are made as fit in a half; then those that live are read and written to the
     * other, where they come before the ones made next. In the first cycle nothing lives yet.
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
