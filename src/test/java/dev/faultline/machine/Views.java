package dev.faultline.machine;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/** Everything that an inspector can show of a machine, a line each. */
final class Views {

    private static final int ALL = Integer.MAX_VALUE;

    private final Inspector inspect;
    private final List<String> lines = new ArrayList<>();

    private Views(Machine machine) {
        inspect = machine.inspect();
    }

    static List<String> of(Machine machine) {
        Views views = new Views(machine);
        views.show("counters", machine.counters());
        views.machine();
        for (int pid = 1; pid <= machine.inspect().processCount(); pid++) {
            views.process(pid);
            Task task = Objects.requireNonNull(machine.taskOrNull(pid));
            views.show("space bytes", task.space().hostBytes());
        }
        Task own = machine.taskOrNull(0);
        views.show("kernel table", own == null ? 0 : own.table().hostBytes());
        views.show("objects", machine.parts().objects().all().size());
        views.show("table memory", machine.parts().tableMemory().used());
        views.show("content", machine.parts().content().used());
        views.show("host bytes", machine.hostBytes());
        for (long seq = machine.oldestEvent(); seq <= machine.lastEvent(); seq++) {
            views.show("event", machine.event(seq));
        }
        return views.lines;
    }

    private void show(String name, Object view) {
        lines.add(name + ": " + view);
    }

    private void machine() {
        show("live", inspect.liveProcessCount());
        show("schedule", inspect.schedule());
        show("groups", inspect.groups());
        show("program accesses left", inspect.programAccessesLeft());
        show("free frames", inspect.freeFrames());
        show("frames", inspect.frames(0, inspect.frameCount()));
        show("kernel pages", inspect.kernelPages(0, ALL));
        show("kernel counters", inspect.kernelCounters());
        show("replacement", inspect.replacement(0, ALL, ALL));
        show("holes", inspect.holes());
        show("promised", inspect.promisedPages() + " of " + inspect.promiseLimit());
        inspect.files("", ALL)
                .forEach(
                        file -> {
                            show("file", file);
                            byte[] bytes = inspect.fileBytes(file.name()).orElseThrow();
                            show("bytes", HexFormat.of().formatHex(bytes));
                        });
        show("slots", inspect.usedSlots() + ": " + inspect.slots(0, ALL));
        TranslationInspector translation = inspect.translation();
        show("cpus", translation.cpus());
        show("tlb", translation.entries(0, translation.size()));
    }

    private void process(int pid) {
        show("process", inspect.process(pid).orElseThrow());
        show("space", inspect.space(pid));
        show("handler", inspect.handler(pid));
        Inspector.State state = inspect.process(pid).orElseThrow().state();
        if (state == Inspector.State.TERMINATED) {
            return;
        }
        show("areas", inspect.areas(pid));
        show("heap", inspect.heap(pid));
        show("pages", inspect.allocatedPages(pid, 0, ALL));
        TranslationInspector translation = inspect.translation();
        show("table", translation.memory(pid, -1, ALL));
        show("asid", translation.asid(pid));
        show("home", translation.home(pid));
        inspect.allocatedPages(pid, 0, ALL)
                .forEach(
                        page -> {
                            show("walk", translation.walk(pid, page.page()));
                            show("sets", translation.sets(pid, page.page(), Op.READ));
                        });
    }
}
