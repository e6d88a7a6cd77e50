package dev.faultline.oracle.replacement;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Every policy by its name, and the pages that leave under it. */
public final class Papers {

    /** Stands for a tick of the clock in a string of pages. */
    public static final long TICK = -1;

    private Papers() {}

    /**
     * A memory under a policy.
     *
     * @return null if the policy is one of the {@link TextbookPolicies}, which show no lists
     */
    public static @Nullable Paper of(PolicySettings settings, int frames) {
        return switch (settings.policy()) {
            case "2q" ->
                    new TwoQueue(frames, settings.count("firstIn"), settings.count("remembered"));
            case "arc" -> new Arc(frames);
            case "car" -> new Car(frames, settings.flag("referencedOnLoad"));
            case "lirs" ->
                    new Lirs(
                            frames,
                            settings.hasBound("remembered") ? settings.count("remembered") : null);
            case "clock-pro" -> new ClockPro(frames, settings.flag("referencedOnLoad"));
            case "s3-fifo" -> new S3Fifo(frames, settings.count("moveAfter"));
            case "lru-k" ->
                    new LruK(
                            frames,
                            settings.count("k"),
                            settings.number("correlated"),
                            settings.count("remembered"));
            case "two-list" ->
                    new TwoList(
                            frames, settings.flag("referencedOnLoad"), settings.flag("refaults"));
            case "mglru" -> new Generations(frames, settings.flag("referencedOnLoad"));
            case "pff" ->
                    new PageFaultFrequency(
                            frames,
                            settings.number("tau"),
                            settings.flag("referencedOnLoad"),
                            settings.count("handStart"),
                            settings.flag("handPassesFilled"));
            default -> null;
        };
    }

    /**
     * The pages that leave, in order, while a string of pages is read, or written where it says.
     * {@link #TICK} among them is a tick.
     */
    public static List<Long> evictions(
            PolicySettings settings, int frames, long[] pages, boolean[] writes) {
        Paper paper = of(settings, frames);
        if (paper == null) {
            return TextbookPolicies.evictions(settings, frames, pages, writes);
        }
        List<Long> all = new ArrayList<>();
        for (long page : pages) {
            if (page == TICK) {
                paper.tick();
            } else {
                all.addAll(paper.access(page));
            }
        }
        return all;
    }

    static <V> V at(Map<Long, V> map, Long key) {
        return Objects.requireNonNull(map.get(key));
    }

    static List<Long> left(@Nullable Long page) {
        return page == null ? List.of() : List.of(page);
    }
}
