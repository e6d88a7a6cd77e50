package dev.faultline.oracle.replacement;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The multi-generational LRU as the kernel's documentation tells it. */
final class Generations implements Paper {
    private final TreeMap<Integer, List<Long>> generations = new TreeMap<>();
    private final Set<Long> bits = new HashSet<>();
    private final int c;
    private final boolean onLoad;

    Generations(int c, boolean onLoad) {
        this.c = c;
        this.onLoad = onLoad;
        generations.put(0, new ArrayList<>());
        generations.put(1, new ArrayList<>());
    }

    @Override
    public void tick() {
        bits.clear();
    }

    @Override
    public List<Long> access(long x) {
        if (generations.values().stream().anyMatch(pages -> pages.contains(x))) {
            bits.add(x);
            return List.of();
        }
        Long out = null;
        if (generations.values().stream().mapToInt(List::size).sum() == c) {
            out = evict();
        }
        generations.lastEntry().getValue().add(x);
        bits.remove(x);
        if (onLoad) {
            bits.add(x);
        }
        return Papers.left(out);
    }

    private Long evict() {
        while (true) {
            if (generations.size() == 2) {
                for (List<Long> pages : List.copyOf(generations.values())) {
                    for (Long page : List.copyOf(pages)) {
                        if (bits.remove(page) && !youngest().contains(page)) {
                            pages.remove(page);
                            youngest().add(page);
                        }
                    }
                }
                generations.put(generations.lastKey() + 1, new ArrayList<>());
            }
            List<Long> oldest = generations.firstEntry().getValue();
            while (!oldest.isEmpty()) {
                Long page = oldest.removeFirst();
                if (!bits.remove(page)) {
                    return page;
                }
                youngest().add(page);
            }
            generations.pollFirstEntry();
        }
    }

    private List<Long> youngest() {
        return generations.lastEntry().getValue();
    }

    @Override
    public Map<String, List<Long>> lists() {
        Map<String, List<Long>> lists = new HashMap<>();
        generations.forEach((number, pages) -> lists.put("generation " + number, pages));
        return lists;
    }
}
