package dev.faultline.machine.hardware;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.testing.Seeds;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Hashed and inverted tables against chains that are lists, and a map of what they hold. */
@Tag("slow")
class HashTablesTest {

    private static final long QUOTA = 1 << 20;

    private record Key(int asid, long vpn) {}

    /** The slow model: a list for each chain, the newest element first. */
    private static final class Model {

        private final List<List<Key>> chains = new ArrayList<>();
        private final boolean inverted;
        final TreeMap<Long, Long> entries = new TreeMap<>();

        Model(int buckets, boolean inverted) {
            this.inverted = inverted;
            for (int i = 0; i < buckets; i++) {
                chains.add(new ArrayList<>());
            }
        }

        private List<Key> chain(Key key) {
            long hash = inverted ? key.vpn() ^ key.asid() : key.vpn();
            return chains.get((int) (hash % chains.size()));
        }

        void remove(Key key) {
            chain(key).remove(key);
        }

        void add(Key key) {
            chain(key).addFirst(key);
        }

        boolean has(Key key) {
            return chain(key).contains(key);
        }

        /** The bucket, and the elements up to the right one or the end. */
        int references(Key key) {
            int place = chain(key).indexOf(key);
            return 1 + (place < 0 ? chain(key).size() : place + 1);
        }
    }

    @Seeds(
            value = 1,
            ints = {1, 3, 8, 64})
    void aHashedTableIsItsChains(int buckets, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HostBudget budget = new HostBudget(QUOTA);
        HashedPageTable table = new HashedPageTable(buckets, budget);
        Model model = new Model(buckets, false);
        for (int step = 0; step < 5000; step++) {
            long vpn = random.nextInt(60) * (1L << random.nextInt(40));
            Key key = new Key(0, vpn);
            long pte = random.nextInt(3) == 0 ? 0 : Pte.swapped(random.nextInt(100));
            assertThat(table.get(vpn)).isEqualTo(model.entries.getOrDefault(vpn, 0L));
            assertThat(table.references()).isEqualTo(model.references(key));
            assertThat(table.prepare(vpn)).isTrue();
            table.set(vpn, pte);
            if (pte == 0) {
                model.remove(key);
                model.entries.remove(vpn);
            } else if (model.entries.put(vpn, pte) == null) {
                model.add(key);
            }
            assertThat(table.bytes()).isEqualTo(8L * buckets + 24L * model.entries.size());
            assertThat(budget.used()).isEqualTo(table.bytes());
        }
        List<Long> seen = new ArrayList<>();
        table.forEach((vpn, pte) -> seen.add(vpn));
        assertThat(seen).isEqualTo(List.copyOf(model.entries.keySet()));
        assertThat(table.pages(10, 20, pte -> true))
                .containsExactly(
                        model.entries.subMap(10L, 20L).keySet().stream()
                                .mapToLong(Long::longValue)
                                .toArray());
        table.release();
        assertThat(budget.used()).isZero();
    }

    @Seeds(
            value = 1,
            ints = {1, 3, 8, 64})
    void anInvertedTableIsItsChains(int buckets, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        InvertedTable whole = new InvertedTable(buckets, 16);
        Model chains = new Model(buckets, true);
        List<InvertedPageTable> tables = new ArrayList<>();
        List<TreeMap<Long, Long>> models = new ArrayList<>();
        for (int asid = 0; asid < 3; asid++) {
            PageTable absent = new HierarchicalPageTable(new int[] {4, 4}, new HostBudget(QUOTA));
            tables.add(new InvertedPageTable(asid, whole, absent));
            models.add(new TreeMap<>());
        }
        for (int step = 0; step < 5000; step++) {
            int asid = random.nextInt(3);
            long vpn = random.nextInt(256);
            Key key = new Key(asid, vpn);
            PageTable table = tables.get(asid);
            TreeMap<Long, Long> model = models.get(asid);
            assertThat(table.get(vpn)).isEqualTo(model.getOrDefault(vpn, 0L));
            assertThat(table.references()).isEqualTo(chains.references(key));
            long old = model.getOrDefault(vpn, 0L);
            long pte =
                    switch (random.nextInt(4)) {
                        case 0 -> 0;
                        case 1 -> Pte.swapped(random.nextInt(100));
                        case 2 -> Pte.resident(random.nextInt(16), Pte.READ);
                        default -> old | (Pte.isValid(old) ? Pte.DIRTY : 0);
                    };
            table.prepare(vpn);
            table.set(vpn, pte);
            boolean stays = chains.has(key) && Pte.isValid(pte) && Pte.frame(pte) == Pte.frame(old);
            if (!stays) {
                chains.remove(key);
                if (Pte.isValid(pte)) {
                    chains.add(key);
                }
            }
            model.put(vpn, pte);
            model.values().removeIf(entry -> entry == 0);
        }
        for (int asid = 0; asid < 3; asid++) {
            TreeMap<Long, Long> seen = new TreeMap<>();
            tables.get(asid).forEach(seen::put);
            assertThat(seen).isEqualTo(models.get(asid));
            tables.get(asid).release();
        }
        assertThat(whole.bytes()).isEqualTo(8L * buckets + 24 * 16);
    }

    @Test
    void sharingCostsAnInvertedTableAnElement() {
        InvertedTable whole = new InvertedTable(4, 4);
        long empty = whole.bytes();
        whole.insert(1, 0, Pte.resident(2, Pte.READ));
        assertThat(whole.bytes()).isEqualTo(empty);
        whole.insert(2, 0, Pte.resident(2, Pte.READ));
        assertThat(whole.bytes()).isEqualTo(empty + 24);
        whole.remove(whole.find(1, 0));
        whole.remove(whole.find(2, 0));
        assertThat(whole.bytes()).isEqualTo(empty);
    }
}
