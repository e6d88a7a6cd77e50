package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.machine.Machine;
import dev.faultline.machine.Specs;
import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.replacement.Dialect;
import dev.faultline.machine.replacement.Parameters;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.PolicySpec;
import dev.faultline.machine.spec.SwapSpec;
import dev.faultline.machine.spec.TlbSpec;
import dev.faultline.machine.spec.Translation;
import dev.faultline.oracle.SlowLab;
import dev.faultline.testing.Seeds;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ValueSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/** NYU's lab: the machine in the lab's dialect, against a program as a student would write it. */
class NyuMmuTest {

    private static final int PAGES = 64;
    private static final int[] RANDOMS = {9, 4, 17, 3, 3, 120, 45, 6, 71, 8, 22};

    private static final Map<String, Counter> WORDS =
            Map.of(
                    "unmaps", Counter.UNMAPS,
                    "maps", Counter.MAPS,
                    "ins", Counter.SWAP_INS,
                    "outs", Counter.SWAP_OUTS,
                    "fins", Counter.FILE_INS,
                    "fouts", Counter.FILE_OUTS,
                    "zeros", Counter.ZERO_FILLS,
                    "segv", Counter.MAP_ERRORS,
                    "segprot", Counter.ACCESS_ERRORS,
                    "switches", Counter.CONTEXT_SWITCHES);

    static Stream<Arguments> algorithms() {
        return Stream.of("f,fifo", "r,random", "c,clock", "e,nru", "a,aging", "w,working-set")
                .map(pair -> Arguments.of(pair.charAt(0), pair.substring(2)));
    }

    @Seeds(value = 120, of = "algorithms")
    void countsWhatAStudentsProgramCounts(char algorithm, String policy, long seed)
            throws IOException {
        SplittableRandom random = new SplittableRandom(seed);
        List<List<SlowLab.Vma>> processes = new ArrayList<>();
        for (int left = 1 + random.nextInt(4); left > 0; left--) {
            processes.add(areas(random));
        }
        List<String> instructions = instructions(random, processes.size());
        int frames = 2 + random.nextInt(30);
        SlowLab slow = new SlowLab(processes, PAGES + 10, frames, algorithm, RANDOMS);
        slow.run(instructions);
        Machine machine = new Machine(spec(policy, frames));
        run(machine, text(processes, instructions));
        for (int process = 0; process < processes.size(); process++) {
            Counters counters = machine.inspect().process(process + 1).orElseThrow().counters();
            for (Map.Entry<String, Counter> word : WORDS.entrySet()) {
                assertThat(counters.get(word.getValue()))
                        .as("process %d %s", process, word.getKey())
                        .isEqualTo((long) slow.count(process, word.getKey()));
            }
        }
    }

    private static MachineSpec spec(String policy, int frames) {
        SpecValues draft =
                SpecValues.of(PolicySpec.POLICY, policy)
                        .with(Parameters.DIALECT, Dialect.NYU_LAB3)
                        .with(Parameters.NUMBERS, Arrays.stream(RANDOMS).boxed().toList());
        return MachineSpec.of(
                SpecValues.of(MachineSpec.SEED, 1)
                        .with(MachineSpec.PAGE_SIZE, 64)
                        .with(MachineSpec.FRAMES, frames)
                        .with(MachineSpec.ADDRESS_BITS, 12)
                        .with(Translation.KIND, Translation.Kind.LINEAR)
                        .with(TlbSpec.ENTRIES, 4)
                        .with(TlbSpec.WAYS, 2)
                        .with(TlbSpec.TAGGED, false)
                        .with(draft)
                        .with(SwapSpec.SLOTS, 1000),
                Specs.BOUNDS);
    }

    private static List<SlowLab.Vma> areas(SplittableRandom random) {
        List<SlowLab.Vma> areas = new ArrayList<>();
        int next = random.nextInt(5);
        while (next < PAGES) {
            int end = Math.min(PAGES - 1, next + random.nextInt(20));
            areas.add(new SlowLab.Vma(next, end, random.nextInt(3) == 0, random.nextInt(3) == 0));
            next = end + 1 + random.nextInt(6);
        }
        return areas;
    }

    private static List<String> instructions(SplittableRandom random, int processes) {
        List<String> instructions = new ArrayList<>();
        List<Integer> alive = new ArrayList<>();
        for (int process = 0; process < processes; process++) {
            alive.add(process);
        }
        while (!alive.isEmpty() && instructions.size() < 600) {
            int current = alive.get(random.nextInt(alive.size()));
            instructions.add("c " + current);
            for (int left = random.nextInt(60); left > 0; left--) {
                int page = random.nextInt(random.nextInt(10) == 0 ? PAGES + 6 : 20);
                instructions.add((random.nextInt(3) == 0 ? "w " : "r ") + page);
            }
            if (random.nextInt(6) == 0) {
                instructions.add("e " + current);
                alive.remove(Integer.valueOf(current));
            }
        }
        return instructions;
    }

    private static String text(List<List<SlowLab.Vma>> processes, List<String> instructions) {
        StringBuilder text = new StringBuilder("# a lab\n" + processes.size() + "\n");
        for (List<SlowLab.Vma> areas : processes) {
            text.append("#### process\n").append(areas.size()).append('\n');
            for (SlowLab.Vma area : areas) {
                text.append(area.start()).append(' ').append(area.end());
                text.append(area.writeProtected() ? " 1" : " 0");
                text.append(area.fileMapped() ? " 1\n" : " 0\n");
            }
        }
        instructions.forEach(line -> text.append(line).append('\n'));
        return text.append("# the end\n").toString();
    }

    private static void run(Machine machine, String text) throws IOException {
        TraceReader reader =
                TraceFormat.NYU_MMU.open(
                        new ByteArrayInputStream(text.getBytes(UTF_8)), machine.spec(), true);
        AccessBlock block = new AccessBlock(machine.spec(), 16);
        while (reader.read(block)) {
            if (block.count() > 0) {
                machine.apply(new Command.Access(0, block, false));
            }
            block.clear();
            reader.takeCommands().forEach(machine::apply);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0\n",
                "1\n1\n5 4 0 0\n",
                "1\n1\n0 64 0 0\n",
                "1\n1\n0 3 2 0\n",
                "1\n2\n0 3 0 0\n3 4 0 0\n",
                "2\n1\n0 3 0 0\n",
                "1\n1\n0 3 0 0\nr 1\n",
                "1\n1\n0 3 0 0\nc 1\n",
                "1\n1\n0 3 0 0\nc 0\nx 1\n",
                "1\n1\n0 3 0 0\nc 0\nr\n",
                "1\n1\n0 3 0 0\nc 0\nr 1 2\n",
                "1\n1\n0 3 0 0\nc 0\nr 99999999999999999\n",
                "1\n1\n0 3 0 0\nc 0\ne 0\nr 1\n",
                "1\n1\n0 3 0 0\nc 0\ne 0\nc 0\n"
            })
    void whatIsNoLabIsRefusedByLine(String text) {
        Machine machine = new Machine(spec("fifo", 4));
        assertThatThrownBy(() -> run(machine, text))
                .isInstanceOf(TraceException.class)
                .hasMessageContaining("line");
    }
}
