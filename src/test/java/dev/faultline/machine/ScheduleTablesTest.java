package dev.faultline.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.faultline.machine.fields.SpecValues;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.RecordedProgram;
import dev.faultline.machine.protocol.TimesView;
import dev.faultline.machine.protocol.Turn;
import dev.faultline.machine.spec.Costs;
import dev.faultline.machine.spec.MachineSpec;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * Tables of scheduling as books, lecturers and examinations print them. A burst is one stretch of
 * computing before one access that takes no time; first come, first served is a quantum that nobody
 * uses up.
 */
class ScheduleTablesTest {

    private static final long NO_END = 1000;

    private static MachineSpec spec(long quantum, long contextSwitch, long cpus) {
        SpecValues costs =
                SpecValues.of(Costs.MEMORY_REFERENCE, 0)
                        .with(Costs.SWAP_IN, 0)
                        .with(Costs.SWAP_OUT, 0)
                        .with(Costs.FILE_IN, 0)
                        .with(Costs.FILE_OUT, 0)
                        .with(Costs.CONTEXT_SWITCH, contextSwitch);
        return MachineSpec.of(Specs.small("lru", 16, costs, cpus, quantum), Specs.BOUNDS);
    }

    /** Runs processes that are given as arrival+burst, or as burst alone, in their order. */
    private static Machine run(MachineSpec spec, String processes) {
        Machine machine = new Machine(spec);
        for (String process : processes.split(" ", -1)) {
            String[] numbers = ("0+" + process).split("\\+", -1);
            long arrival = Long.parseLong(numbers[numbers.length - 2]);
            long burst = Long.parseLong(numbers[numbers.length - 1]);
            int pid = ((Outcome.Made) machine.apply(Specs.process(spec))).pid();
            AccessBlock block = new AccessBlock(spec, 1);
            block.add(Op.READ, 0);
            machine.apply(new Command.GiveProgram(pid, RecordedProgram.of(block), burst, arrival));
        }
        machine.apply(new Command.Run(null, null, null, 0));
        return machine;
    }

    private static List<TimesView> rows(Machine machine) {
        return machine.inspect().time().allTimes(100);
    }

    private static String ends(Machine machine) {
        return rows(machine).stream()
                .map(row -> String.valueOf(row.completion()))
                .collect(Collectors.joining(" "));
    }

    private static List<Turn> turns(Machine machine) {
        TimeInspector time = machine.inspect().time();
        return LongStream.rangeClosed(time.oldestTurn(), time.lastTurn())
                .mapToObj(time::turn)
                .toList();
    }

    /** Who ran from when to when, as {@code 1:0-4}. */
    private static String chart(Machine machine) {
        return turns(machine).stream()
                .map(turn -> turn.pid() + ":" + turn.from() + "-" + turn.to())
                .collect(Collectors.joining(" "));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Silberschatz, Galvin, Gagne 5.3.1, P1 P2 P3: FCFS | 24 3 3 | 1000 | 24 27 30",
                "the same, P2 P3 P1 | 3 3 24 | 1000 | 3 6 30",
                "the same 5.3.3: round robin | 24 3 3 | 4 | 30 7 10",
                "the same, exercise 5.4 (10th ed.): FCFS | 2 1 8 4 5 | 1000 | 2 3 11 15 20",
                "the same: round robin | 2 1 8 4 5 | 2 | 2 3 20 13 18",
                "Stallings, table 9.5: FCFS | 0+3 2+6 4+4 6+5 8+2 | 1000 | 3 9 13 18 20",
                "the same: round robin, q = 1 | 0+3 2+6 4+4 6+5 8+2 | 1 | 4 18 17 20 15",
                "the same: round robin, q = 4 | 0+3 2+6 4+4 6+5 8+2 | 4 | 3 17 11 20 19",
                "Tanenbaum, Bos 2.4.2, A B C D as they come | 8 4 4 4 | 1000 | 8 12 16 20",
                "Tanenbaum, Bos, exercise of five jobs: FCFS | 10 6 2 4 8 | 1000 | 10 16 18 22 30",
                "OSTEP, figure 7.1: FIFO | 10 10 10 | 1000 | 10 20 30",
                "OSTEP, figure 7.2 | 100 10 10 | 1000 | 100 110 120",
                "OSTEP, figure 7.7: round robin | 5 5 5 | 1 | 13 14 15",
                "OSTEP's scheduler.py -p RR -s 2 -j 5 -q 3 | 10 10 1 1 9 | 3 | 30 31 7 8 29",
                "its -s 3 | 3 6 4 7 7 | 3 | 3 18 19 26 27",
                "GATE 2012, question 31: FCFS | 0+5 1+7 3+4 | 1000 | 5 12 16",
                "the same: round robin, q = 2 | 0+5 1+7 3+4 | 2 | 11 16 13",
                "ISRO 2013, question 50 | 0+4 2+2 3+1 | 2 | 6 4 7",
                "a table of many websites | 0+5 1+4 2+2 4+1 | 2 | 12 11 6 9",
                "The Algorithms, RRSchedulingTest | 0+5 1+6 2+3 3+1 4+5 6+4 | 4 | 17 23 11 12 24 21",
                "DePaul University, CSC 443, slides | 0+4 1+6 2+4 | 3 | 10 13 14",
                "Loyola, COSI 410 | 20 5 6 | 4 | 31 17 19",
                "the same with arrivals | 0+24 5+3 10+3 | 4 | 30 11 18",
                "Silberschatz, older editions: q = 20 | 53 17 68 24 | 20 | 134 37 162 121"
            })
    void everyProcessEndsWhenTheTableSays(String source, String jobs, long quantum, String ends) {
        Machine machine = run(spec(quantum, 0, 1), jobs);
        assertThat(ends(machine)).isEqualTo(ends);
        long burst = Arrays.stream(jobs.split(" ", -1)).mapToLong(this::burst).sum();
        assertThat(rows(machine).stream().mapToLong(TimesView::cpuTicks).sum()).isEqualTo(burst);
    }

    private long burst(String job) {
        return Long.parseLong(job.substring(job.indexOf('+') + 1));
    }

    /** GATE 1993, question 7.10: p leaves at 11. */
    @Test
    void theFirstOfFiveLeavesAtEleven() {
        assertThat(ends(run(spec(1, 0, 1), "4 1 8 1 2"))).startsWith("11 ");
    }

    /** Means that the sources print, some of which they round. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "Silberschatz: FCFS | 24 3 3 | 1000 | 17 | |",
                "Silberschatz, P2 P3 P1 | 3 3 24 | 1000 | 3 | |",
                "Silberschatz: round robin | 24 3 3 | 4 | 5.66 | |",
                "Silberschatz, exercise 5.4: FCFS | 2 1 8 4 5 | 1000 | 6.2 | |",
                "the same: round robin | 2 1 8 4 5 | 2 | 7.2 | |",
                "Silberschatz, older editions | 53 17 68 24 | 20 | 73 | 113.5 |",
                "Stallings: FCFS | 0+3 2+6 4+4 6+5 8+2 | 1000 | | 8.6 |",
                "Stallings: q = 1 | 0+3 2+6 4+4 6+5 8+2 | 1 | | 10.8 |",
                "Stallings: q = 4 | 0+3 2+6 4+4 6+5 8+2 | 4 | | 10 |",
                "Tanenbaum: A B C D | 8 4 4 4 | 1000 | | 14 |",
                "Tanenbaum: five jobs | 10 6 2 4 8 | 1000 | | 19.2 |",
                "OSTEP: figure 7.1 | 10 10 10 | 1000 | | 20 |",
                "OSTEP: figure 7.2 | 100 10 10 | 1000 | | 110 |",
                "OSTEP: figures 7.6 and 7.7 | 5 5 5 | 1 | 9 | 14 | 1",
                "OSTEP's scheduler.py, seed 2 | 10 10 1 1 9 | 3 | 14.8 | 21 | 4.8",
                "OSTEP's scheduler.py, seed 3 | 3 6 4 7 7 | 3 | 13.2 | 18.6 | 6",
                "DePaul University | 0+4 1+6 2+4 | 3 | 6.667 | |",
                "Loyola | 20 5 6 | 4 | 12 | |"
            })
    void theMeansAreThose(
            String source,
            String jobs,
            long quantum,
            @Nullable Double waiting,
            @Nullable Double turnaround,
            @Nullable Double response) {
        List<TimesView> rows = rows(run(spec(quantum, 0, 1), jobs));
        check(rows, TimesView::waiting, waiting);
        check(rows, TimesView::turnaround, turnaround);
        check(rows, TimesView::response, response);
    }

    private static void check(
            List<TimesView> rows, ToLongFunction<TimesView> value, @Nullable Double mean) {
        if (mean != null) {
            assertThat(rows.stream().mapToLong(value).average().orElseThrow())
                    .isCloseTo(mean, within(0.01));
        }
    }

    /** Silberschatz's figure: the last process has a bar for each of its quanta. */
    @Test
    void theChartOfRoundRobin() {
        Machine machine = run(spec(4, 0, 1), "24 3 3");
        assertThat(chart(machine))
                .isEqualTo("1:0-4 2:4-7 3:7-10 1:10-14 1:14-18 1:18-22 1:22-26 1:26-30");
        assertThat(turns(machine).stream().map(Turn::ended).distinct())
                .containsExactly(Turn.Ended.QUANTUM, Turn.Ended.EXIT);
    }

    /** The same with a switch of one tick between two processes, after an exit too. */
    @Test
    void theSwitchAfterAnExitIsLikeEveryOther() {
        Machine machine = run(spec(4, 1, 1), "24 3 3");
        assertThat(ends(machine)).isEqualTo("33 8 12");
        assertThat(chart(machine))
                .isEqualTo("1:0-4 2:5-8 3:9-12 1:13-17 1:17-21 1:21-25 1:25-29 1:29-33");
        assertThat(machine.counters().get(Counter.CONTEXT_SWITCHES)).isEqualTo(3);
        Outcome.Schedule schedule = machine.inspect().time().schedule();
        assertThat(schedule.utilisation()).isEqualTo(1);
        assertThat(schedule.efficiency()).isEqualTo(30 / 33.0);
    }

    /**
     * A quantum of 4 ms and a switch of 1 ms waste a fifth of the processor, 100 ms a hundredth
     * (Tanenbaum, Bos, Modern Operating Systems, 2.4.3).
     */
    @ParameterizedTest
    @CsvSource({"4, 0.8", "100, 0.99"})
    void whatSwitchesWaste(long quantum, double efficiency) {
        Machine machine = new Machine(spec(quantum, 1, 1));
        for (int pid = 1; pid <= 2; pid++) {
            machine.apply(Specs.process(machine.spec()));
            AccessBlock block = new AccessBlock(machine.spec(), 1);
            block.add(Op.READ, 0);
            machine.apply(new Command.GiveProgram(pid, RecordedProgram.of(block), 1_000_000));
        }
        machine.apply(new Command.Run(1000 * (quantum + 1), null, null, 0));
        Outcome.Schedule schedule = machine.inspect().time().schedule();
        assertThat(schedule.ticks()).isEqualTo(1000 * (quantum + 1));
        assertThat(schedule.utilisation()).isEqualTo(1);
        assertThat(schedule.efficiency()).isCloseTo(efficiency, within(0.001));
    }

    /**
     * With n processes, a quantum q and a switch s, each is away for n s + (n - 1) q between two
     * turns (GATE 1998, question 2.17).
     */
    @ParameterizedTest
    @CsvSource({"2, 4, 1", "4, 2, 1", "5, 7, 3"})
    void howLongAProcessIsAway(int processes, long quantum, long contextSwitch) {
        String jobs = String.join(" ", Collections.nCopies(processes, "100"));
        List<Turn> first =
                turns(run(spec(quantum, contextSwitch, 1), jobs)).stream()
                        .filter(turn -> turn.pid() == 1)
                        .toList();
        long away = processes * contextSwitch + (processes - 1) * quantum;
        for (int i = 1; i < 10; i++) {
            assertThat(first.get(i).from() - first.get(i - 1).to()).isEqualTo(away);
        }
    }

    /** On two processors each takes the one that has been ready longest: a hand-made chart. */
    @Test
    void twoProcessorsShareOneQueue() {
        Machine machine = run(spec(4, 0, 2), "6 3 5 2");
        List<String> lanes = new ArrayList<>();
        for (int cpu = 0; cpu < 2; cpu++) {
            int lane = cpu;
            lanes.add(
                    turns(machine).stream()
                            .filter(turn -> turn.cpu() == lane)
                            .map(turn -> turn.pid() + ":" + turn.from() + "-" + turn.to())
                            .collect(Collectors.joining(" ")));
        }
        assertThat(lanes).containsExactly("1:0-4 4:4-6 1:6-8", "2:0-3 3:3-7 3:7-8");
        assertThat(ends(machine)).isEqualTo("8 3 8 6");
    }

    /** The clock passes a gap in which nobody has come yet. */
    @Test
    void theClockPassesIdleGaps() {
        Machine machine = run(spec(NO_END, 0, 1), "5+3 20+2");
        assertThat(chart(machine)).isEqualTo("1:5-8 2:20-22");
        Outcome.Schedule schedule = machine.inspect().time().schedule();
        assertThat(schedule.idleTicks()).isEqualTo(17);
        assertThat(schedule.ticks()).isEqualTo(22);
    }
}
