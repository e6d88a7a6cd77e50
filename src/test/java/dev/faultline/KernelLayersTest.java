package dev.faultline;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The kernel is one package, whose types share much, but it has layers: what stores and answers,
 * what finds frames, what resolves faults, what processes ask for, what runs them, and what others
 * see. A type knows those of its own layer and of the layers below.
 */
class KernelLayersTest {

    private record Layer(String name, String types) {}

    /** From the lowest to the highest. */
    private static final List<Layer> LAYERS =
            List.of(
                    new Layer(
                            "structures",
                            "AccessAccounting Accounting AddressSpace Cpu Cpus Disk "
                                    + "ExitListener ForkAccount FrameRequest HostAccount LoadControl "
                                    + "NextUses PageFault Parts ProgramRun ReverseMap Room RunQueue "
                                    + "Slice Task Tasks WorkingSetMeter"),
                    new Layer(
                            "reclaim",
                            "EvictableFrames Evictor FrameAllocation Loader OomKiller "
                                    + "PageDaemon ProcessExit ReadAhead Reclaim TablePager Unmapper"),
                    new Layer(
                            "faults",
                            "CopyOnWrite FaultHandler MemoryModel ObjectPager "
                                    + "SegmentContents SegmentFaults SegmentRoom SegmentRules "
                                    + "Segments SwapIn Swapper TlbTraps"),
                    new Layer(
                            "calls",
                            "AreaRules FileCalls GroupCalls HandlerRunner Kernel "
                                    + "KernelWindow MemoryCalls PageCalls Paging ResizeCalls "
                                    + "SegmentCalls WholeSegments"),
                    new Layer(
                            "running",
                            "FaultLoop NextUseFeed Processor ReferenceFeed Running "
                                    + "Scheduler SideBySide SliceRunner SystemCalls"),
                    new Layer(
                            "face",
                            "Assembly FaultGrowth Footprint FrameInspector Inspector Machine "
                                    + "MachineState PageInspector PageTableComparison Portions "
                                    + "TimeInspector TranslationInspector"));

    private static Map<String, Integer> places() {
        Map<String, Integer> places = new TreeMap<>();
        for (int at = 0; at < LAYERS.size(); at++) {
            for (String type : LAYERS.get(at).types().split(" ", -1)) {
                assertThat(places.put(type, at)).as("%s is in two layers", type).isNull();
            }
        }
        return places;
    }

    private static String outermost(JavaClass type) {
        return type.getName().replaceFirst(".*\\.", "").replaceFirst("\\$.*", "");
    }

    @Test
    void nobodyKnowsALayerAbove() {
        Map<String, Integer> places = places();
        List<String> wrong = new ArrayList<>();
        for (JavaClass type :
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages("dev.faultline.machine")) {
            if (!isOfKernel(type)) {
                continue;
            }
            assertThat(places).as("the layers").containsKey(outermost(type));
            int place = places.getOrDefault(outermost(type), 0);
            type.getDirectDependenciesFromSelf().stream()
                    .filter(dependency -> isOfKernel(dependency.getTargetClass()))
                    .filter(
                            dependency ->
                                    places.getOrDefault(outermost(dependency.getTargetClass()), 0)
                                            > place)
                    .forEach(dependency -> wrong.add(dependency.getDescription()));
        }
        assertThat(wrong).isEmpty();
    }

    private static boolean isOfKernel(JavaClass type) {
        return type.getPackageName().equals("dev.faultline.machine")
                && !type.getSimpleName().equals("package-info");
    }
}
