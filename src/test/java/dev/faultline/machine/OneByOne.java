package dev.faultline.machine;

import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Counter;
import dev.faultline.machine.protocol.Counters;
import dev.faultline.machine.protocol.Op;
import dev.faultline.oracle.SlowScheduler;

/** A machine that makes each access by itself, and tells a slow scheduler what it cost. */
record OneByOne(Machine machine) implements SlowScheduler.Accesses {

    @Override
    public SlowScheduler.Cost access(int cpu, int pid, int page) {
        Counters before = machine.counters();
        AccessBlock block = new AccessBlock(machine.spec(), 1);
        block.add(page < 0 ? Op.WRITE : Op.READ, Math.abs(page) * machine.spec().pageSize());
        block.setCpu(0, cpu);
        machine.apply(new Command.Access(pid, block, false));
        Counters spent = machine.counters().minus(before);
        long disk = spent.get(Counter.STORE_TICKS) + spent.get(Counter.FILE_TICKS);
        return new SlowScheduler.Cost(
                spent.get(Counter.TICKS) - disk - spent.get(Counter.SWITCH_TICKS), disk);
    }

    @Override
    public void exit(int pid) {
        machine.apply(new Command.Exit(pid));
    }
}
