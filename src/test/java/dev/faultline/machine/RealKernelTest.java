package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Backing;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.OnSignal;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.Protection;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * A Faultline machine against Linux: both run one script of system calls and touches, and count
 * faults and resident pages. {@code ru_minflt} is compared with minor and protection faults
 * together, {@code ru_majflt} with major ones.
 *
 * <p>Only Faultline's answers are asserted; they are written down in {@code answers.txt}, where the
 * kernels they were compared with are named. What the kernel of this computer answers is compared
 * too, where there is a C compiler, and a difference is printed. It fails no test: another version
 * of Linux may count otherwise, and is not wrong for it.
 */
class RealKernelTest {

    private static final Path FOLDER = Path.of("src/test/realkernel");
    private static final Path SCRIPT = FOLDER.resolve("scenarios.txt");

    /** What kernels are known to answer where they differ from Faultline. */
    private static final Map<String, List<String>> KNOWN_DIFFERENCES =
            Map.of(
                    "zero-page",
                    List.of(
                            "zero-page 0 read 16 minor 0 major",
                            "zero-page 0 write 16 minor 0 major"),
                    "shared-after-fork",
                    List.of(
                            "shared-after-fork 0 write 16 minor 0 major",
                            "shared-after-fork 1 write 16 minor 0 major",
                            "shared-after-fork 0 write 0 minor 0 major"));

    private static Map<String, List<String>> expected = Map.of();
    private static Map<String, List<String>> simulated = Map.of();

    /** What the kernel of this computer answered; nothing if it could not be asked. */
    private static Map<String, List<String>> real = Map.of();

    @BeforeAll
    static void runBoth(@TempDir Path folder) throws IOException, InterruptedException {
        expected = byScenario(Files.readAllLines(FOLDER.resolve("answers.txt")));
        simulated = byScenario(new Script(Files.readAllLines(SCRIPT)).run());
        real = askKernel(folder);
    }

    private static Map<String, List<String>> askKernel(Path folder)
            throws IOException, InterruptedException {
        Path program = folder.resolve("realkernel");
        Path counted = folder.resolve("counted");
        String source = FOLDER.resolve("realkernel.c").toString();
        try {
            if (run("gcc", "-O1", "-o", program.toString(), source).waitFor() == 0
                    && start(program, counted).waitFor() == 0) {
                return byScenario(Files.readAllLines(counted));
            }
        } catch (IOException e) {
            System.out.println("real kernel: " + e.getMessage());
        }
        System.out.println("real kernel: not asked, for want of a C compiler or of a system call");
        return Map.of();
    }

    private static Process run(String... command) throws IOException {
        return new ProcessBuilder(command).inheritIO().start();
    }

    private static Process start(Path program, Path counted) throws IOException {
        return new ProcessBuilder(program.toString())
                .redirectInput(SCRIPT.toFile())
                .redirectOutput(counted.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private static Map<String, List<String>> byScenario(List<String> lines) {
        return lines.stream()
                .filter(line -> !line.startsWith("#"))
                .collect(Collectors.groupingBy(line -> line.substring(0, line.indexOf(' '))));
    }

    static List<String> scenarios() throws IOException {
        return Files.readAllLines(SCRIPT).stream()
                .filter(line -> line.startsWith("scenario "))
                .map(line -> line.substring("scenario ".length()))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void answersAsWrittenDown(String scenario) {
        List<String> kernel = real.get(scenario);
        List<String> ours = Objects.requireNonNull(simulated.get(scenario));
        assertThat(ours).isEqualTo(expected.get(scenario));
        if (kernel != null && !kernel.equals(ours)) {
            boolean known = kernel.equals(KNOWN_DIFFERENCES.get(scenario));
            System.out.println(
                    "real kernel: "
                            + (known ? "the known difference in " : "another answer in ")
                            + scenario
                            + ": "
                            + kernel);
        }
    }

    /** The script, run on a machine; a process for each depth of fork. */
    private static final class Script {

        private static final long PAGE = 4096;
        private static final int SHOWN = 1024;

        private final List<String> lines;
        private final List<String> counted = new ArrayList<>();
        private final Deque<Integer> pids = new ArrayDeque<>();
        private final Map<String, Long> regions = new HashMap<>();
        private Machine machine = new Machine(Specs.of("clock", SHOWN));
        private String scenario = "";

        Script(List<String> lines) {
            this.lines = lines;
        }

        List<String> run() {
            for (String line : lines) {
                if (!line.startsWith("#")) {
                    step(line.split(" ", -1));
                }
            }
            return counted;
        }

        private int pid() {
            return pids.element();
        }

        private void step(String[] words) {
            String name = words.length > 1 ? words[1] : "";
            long from = words.length > 2 ? Long.parseLong(words[2]) : 0;
            long pages = words.length > 3 ? Long.parseLong(words[3]) : 0;
            int allowed = words.length > 4 ? Protection.parse(words[4]) : 0;
            long start = regions.getOrDefault(name, 0L) + from * PAGE;
            long length = pages * PAGE;
            switch (words[0]) {
                case "scenario" -> begin(name);
                case "map" -> map(name, length, allowed, Backing.ANONYMOUS);
                case "stack" -> map(name, length, allowed, Backing.of(Backing.Kind.STACK));
                case "box" -> map(name, length, allowed, Backing.UNNAMED);
                case "private", "shared" -> mapFile(name, pages, allowed, words[0]);
                case "lock" -> apply(new Command.Lock(pid(), start, length, true));
                case "replace" ->
                        apply(
                                new Command.Map(
                                        pid(), start, length, allowed, Backing.ANONYMOUS, true));
                case "unmap" -> apply(new Command.Unmap(pid(), start, length));
                case "protect" -> apply(new Command.Protect(pid(), start, length, allowed));
                case "dontneed" ->
                        apply(new Command.Advise(pid(), start, length, Command.Advice.DONTNEED));
                case "brk" -> apply(new Command.Brk(pid(), from * PAGE));
                case "heap" -> {
                    long heap = machine.inspect().heap(pid()).start();
                    touch("heap", heap + from * PAGE, pages, Op.WRITE);
                }
                case "write" -> touch("write", start, pages, Op.WRITE);
                case "read" -> touch("read", start, pages, Op.READ);
                case "resident" -> showResident(name, start / PAGE, pages);
                case "fork" -> pids.push(((Outcome.Made) apply(new Command.Fork(pid()))).pid());
                case "end" -> apply(new Command.Exit(pids.pop()));
                default -> throw new IllegalArgumentException(words[0]);
            }
        }

        private void begin(String name) {
            scenario = name;
            machine = new Machine(Specs.of("clock", SHOWN));
            regions.clear();
            pids.clear();
            pids.push(1);
            apply(new Command.CreateProcess(name, List.of(), OnSignal.TERMINATE));
        }

        private void map(String name, long length, int allowed, Backing backing) {
            long start = (regions.size() + 1L) * 4096 * PAGE;
            regions.put(name, start);
            apply(new Command.Map(pid(), start, length, allowed, backing, false));
        }

        /** Each page in a mapping of its own, from the last of the file to the first. */
        private void mapFile(String name, long pages, int allowed, String sharing) {
            apply(Command.PutFile.of(name, new byte[(int) (pages * PAGE)], Protection.ALL));
            long start = (regions.size() + 1L) * 4096 * PAGE;
            regions.put(name, start);
            for (long page = 0; page < pages; page++) {
                long offset = (pages - 1 - page) * PAGE;
                Backing backing = Backing.file(name, offset, sharing.equals("shared"));
                long at = start + page * PAGE;
                apply(new Command.Map(pid(), at, PAGE, allowed, backing, false));
                apply(new Command.Advise(pid(), at, PAGE, Command.Advice.WILLNEED));
            }
        }

        private Outcome apply(Command command) {
            Outcome outcome = machine.apply(command);
            assertThat(outcome).isNotInstanceOf(Outcome.Refused.class);
            Laws.check(machine);
            return outcome;
        }

        private Counters counters() {
            return machine.inspect().process(pid()).orElseThrow().counters();
        }

        private void touch(String word, long start, long pages, int op) {
            Counters before = counters();
            AccessBlock block = new AccessBlock(machine.spec(), (int) pages);
            for (long page = 0; page < pages; page++) {
                block.add(op, start + page * PAGE);
            }
            apply(new Command.Access(pid(), block, false));
            Counters met = counters().minus(before);
            long minor = met.get(Counter.MINOR_FAULTS) + met.get(Counter.PROTECTION_FAULTS);
            counted.add(
                    line(
                            word
                                    + " "
                                    + minor
                                    + " minor "
                                    + met.get(Counter.MAJOR_FAULTS)
                                    + " major"));
        }

        private void showResident(String name, long from, long pages) {
            String shown =
                    machine.inspect().pages(pid(), from, from + pages).stream()
                            .map(page -> page.valid() ? "1" : "0")
                            .collect(Collectors.joining());
            counted.add(line("resident " + name + " " + shown));
        }

        private String line(String what) {
            return scenario + " " + (pids.size() - 1) + " " + what;
        }
    }
}
