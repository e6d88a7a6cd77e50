package dev.faultline.http;

import static dev.faultline.http.Hostile.VICTIM;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.http.Hostile.Good;

import java.util.List;

/** POSTs whose JSON is malformed, or has a value where it has no business to be. */
final class HostileBodies {

    private static final String ACCESSES = VICTIM + "/processes/1/accesses";
    private static final String AREAS = VICTIM + "/processes/1/areas";

    /** Bodies with a hole for any value. */
    private static final List<Good> HOLES =
            List.of(
                    Good.of("/v1/machines", "{'id':%}"),
                    Good.of("/v1/machines", "{'preset':%}"),
                    Good.of("/v1/machines", "{'scheduler':{'quantum':%}}"),
                    Good.of("/v1/machines", "{'scheduler':{'loadControl':{'kind':%,'window':5}}}"),
                    Good.of("/v1/machines", "{'costs':{'preset':%}}"),
                    Good.of(
                            "/v1/experiments/multiprogramming",
                            "{'degrees':[1],'ticks':1000,'loadControls':%}"),
                    Good.of("/v1/machines", "{'reclaim':{'high':%,'low':1,'dirtyLimit':50}}"),
                    Good.of("/v1/machines", "{'readAhead':{'swap':%,'file':2,'stride':1}}"),
                    Good.of(Hostile.VICTIM + "/run", "{'until':%}"),
                    Good.of(Hostile.VICTIM + "/run", "{'until':{'ticks':%}}"),
                    Good.of(Hostile.VICTIM + "/run", "{'until':{'counters':{'evictions':%}}}"),
                    Good.of(Hostile.VICTIM + "/processes", "{'program':%}"),
                    Good.of(Hostile.VICTIM + "/processes", "{'program':{'accesses':%}}"),
                    Good.of(Hostile.VICTIM + "/processes", "{'program':{'trace':%}}"),
                    Good.of(Hostile.VICTIM + "/processes", "{'program':{'generator':%}}"),
                    Good.of(Hostile.VICTIM + "/processes", "{'program':{'generator':{'kind':%}}}"),
                    Good.of(
                            Hostile.VICTIM + "/processes",
                            "{'program':{'generator':{'kind':'zipf','pages':%,'theta':%}}}"),
                    Good.of(
                            Hostile.VICTIM + "/processes",
                            "{'program':{'generator':{'kind':'quicksort','bytes':%,'start':%}}}"),
                    Good.of(
                            Hostile.VICTIM + "/processes",
                            "{'program':{'generator':{'kind':'phases','phases':%,"
                                    + "'workingSet':%,'accesses':%}}}"),
                    Good.of(
                            "/v1/experiments/multiprogramming",
                            "{'ticks':99,'degrees':[%],'frames':[%],'quanta':[%]}"),
                    Good.of(
                            "/v1/experiments/multiprogramming",
                            "{'ticks':99,'degrees':[1],'think':%,'diskTicks':[%],'pageSizes':[%]}"),
                    Good.of("/v1/sweeps", "{'trace':%}"),
                    Good.of("/v1/sweeps", "{'pages':%}"),
                    Good.of("/v1/sweeps", "{'pages':[%]}"),
                    Good.of("/v1/sweeps", "{'pages':[1],'frames':%}"),
                    Good.of("/v1/sweeps", "{'pages':[1],'frames':[%]}"),
                    Good.of("/v1/sweeps", "{'pages':[1],'policies':%}"),
                    Good.of("/v1/sweeps", "{'pages':[1],'policies':[%]}"),
                    Good.of("/v1/sweeps", "{'pages':[1],'tlbs':[%]}"),
                    Good.of("/v1/sweeps", "{'pages':[1],'machine':%}"),
                    Good.of("/v1/sweeps", "{'accesses':[{'op':%,'address':1}]}"),
                    Good.of("/v1/sweeps", "{'accesses':[{'op':'read','address':%}]}"),
                    Good.of("/v1/sweeps", "{'accesses':[{'op':'read','address':1,'size':%}]}"),
                    Good.of("/v1/machines", "{'replacement':{'k':%}}"),
                    Good.of("/v1/machines", "{'replacement':{'handStart':%}}"),
                    Good.of("/v1/machines", "{'replacement':{'ties':%}}"),
                    Good.of("/v1/machines", "{'replacement':{'scope':%}}"),
                    Good.of("/v1/machines", "{'replacement':{'frameShare':%}}"),
                    Good.of("/v1/machines", "{'seed':%}"),
                    Good.of("/v1/machines", "{'pageSize':%}"),
                    Good.of("/v1/machines", "{'frames':%}"),
                    Good.of("/v1/machines", "{'addressBits':%}"),
                    Good.of("/v1/machines", "{'translation':%}"),
                    Good.of("/v1/machines", "{'translation':{'kind':%}}"),
                    Good.of("/v1/machines", "{'translation':{'levels':%}}"),
                    Good.of("/v1/machines", "{'translation':{'memory':%}}"),
                    Good.of("/v1/machines", "{'translation':{'levels':[9,%]}}"),
                    Good.of(
                            "/v1/machines",
                            "{'translation':{'kind':'segmentation','segmentBits':%}}"),
                    Good.of("/v1/machines", "{'translation':{'kind':'relocation','compaction':%}}"),
                    Good.of("/v1/machines", "{'translation':{'kind':'relocation','placement':%}}"),
                    Good.of(VICTIM + "/processes", "{'size':%}"),
                    Good.of("/v1/machines", "{'replacement':{'dialect':%}}"),
                    Good.of("/v1/machines", "{'replacement':{'tau':%}}"),
                    Good.of("/v1/machines", "{'random':{'numbers':%}}"),
                    Good.of("/v1/machines", "{'random':{'numbers':[%]}}"),
                    Good.of(
                            VICTIM + "/processes/1/predictions",
                            "{'accesses':[{'op':'read','address':%}]}"),
                    Good.of(
                            VICTIM + "/processes/1/predictions",
                            "{'accesses':[{'op':'read','address':0,'expected':%}]}"),
                    Good.of("/v1/machines", "{'tlb':%}"),
                    Good.of("/v1/machines", "{'tlb':{'entries':%}}"),
                    Good.of("/v1/machines", "{'tlb':{'ways':%}}"),
                    Good.of("/v1/machines", "{'tlb':{'tagged':%}}"),
                    Good.of("/v1/machines", "{'replacement':%}"),
                    Good.of("/v1/machines", "{'replacement':{'policy':%}}"),
                    Good.of("/v1/machines", "{'swap':{'slots':%}}"),
                    Good.of("/v1/machines", "{'costs':{'memoryReference':%}}"),
                    Good.of("/v1/machines", "{'limits':{'tableBytes':%}}"),
                    Good.of("/v1/machines", "{'limits':{'events':%}}"),
                    Good.of("/v1/machines", "%"),
                    Good.of(VICTIM + "/clone", "{'id':%}"),
                    Good.of(VICTIM + "/reset", "%"),
                    Good.of(VICTIM + "/processes/1/fork", "%"),
                    Good.of(VICTIM + "/processes", "{'name':%}"),
                    Good.of(VICTIM + "/processes", "{'areas':%}"),
                    Good.of(VICTIM + "/processes", "{'areas':[%]}"),
                    Good.of(VICTIM + "/processes", "{'onSignal':%}"),
                    Good.of(VICTIM + "/processes", area("%", "1", "'r--'")),
                    Good.of(VICTIM + "/processes", area("0", "%", "'r--'")),
                    Good.of(VICTIM + "/processes", area("0", "1", "%")),
                    Good.of(AREAS, "{'start':%,'length':4096,'protection':'rw-'}"),
                    Good.of(AREAS, "{'start':0,'length':%,'protection':'rw-'}"),
                    Good.of(AREAS, "{'length':4096,'protection':'rw-','kind':%}"),
                    Good.of(AREAS, "{'length':4096,'protection':'rw-','replace':%}"),
                    Good.of(
                            AREAS,
                            "{'length':1,'protection':'rw-','kind':'shared-memory','name':%}"),
                    Good.of(VICTIM + "/processes/1/brk", "{'increment':%}"),
                    Good.of(
                            AREAS,
                            "{'length':1,'protection':'r--','kind':'file','file':%,'fileOffset':0}"),
                    Good.of(
                            AREAS,
                            "{'length':1,'protection':'r--','kind':'file','file':'f','fileOffset':%}"),
                    Good.of(AREAS, "{'length':1,'protection':'r--','sharing':%}"),
                    Good.of(AREAS + "/0x1000/advise", "{'advice':%}"),
                    Good.of(AREAS + "/0x1000/lock", "{'length':%}"),
                    Good.of(AREAS + "/0x1000/remap", "{'newLength':%}"),
                    Good.of(AREAS + "/0x1000/remap", "{'newLength':1,'mayMove':%}"),
                    Good.of(VICTIM + "/kernel/mappings", "{'frame':%}"),
                    Good.of(VICTIM + "/kernel/mappings", "{'frame':1,'protection':%}"),
                    Good.of(VICTIM + "/tlb/flush", "{'pid':%}"),
                    Good.of("/v1/machines", "{'disk':{'blockSize':%}}"),
                    Good.of("/v1/machines", "{'translation':{'kind':'hashed','buckets':%}}"),
                    Good.of("/v1/comparisons/page-tables", "{'addressBits':%}"),
                    Good.of("/v1/comparisons/page-tables", "{'pageSize':%}"),
                    Good.of("/v1/comparisons/page-tables", "{'buckets':%}"),
                    Good.of("/v1/comparisons/page-tables", "{'addresses':[%]}"),
                    Good.of(
                            "/v1/comparisons/page-tables",
                            "{'areas':[{'start':'0x0','length':%}]}"),
                    Good.of("/v1/machines", "{'swap':{'reservation':%}}"),
                    Good.of("/v1/machines", "{'swap':{'overcommitRatio':%}}"),
                    Good.of("/v1/machines", "{'swap':{'spareFrame':%}}"),
                    Good.of(ACCESSES, "{'accesses':%}"),
                    Good.of(ACCESSES, "{'accesses':[%]}"),
                    Good.of(ACCESSES, "{'accesses':[{'op':%,'address':1}]}"),
                    Good.of(ACCESSES, "{'accesses':[{'op':'read','address':%}]}"),
                    Good.of(ACCESSES, "{'accesses':[{'op':'read','address':1,'size':%}]}"),
                    Good.of(ACCESSES, "{'accesses':[{'op':'tick','address':%}]}"),
                    Good.of("/v1/machines", "{'pageSize':%,'addressBits':16}"),
                    Good.of("/v1/machines", "{'replacement':{'policy':'aging','ageAt':%}}"),
                    Good.of(
                            ACCESSES,
                            "{'accesses':[{'op':'write','address':1,'size':8,'value':%}]}"));

    private static final String NUMBERS =
            "0 -0 1 -1 15 16 20 21 62 63 64 4095 4096 4097 32767 32768 65537 1048576 1048577"
                    + " 1073741824 2147483647 2147483648 4294967296 9223372036854775807"
                    + " 9223372036854775808 -9223372036854775808 -9223372036854775809"
                    + " 18446744073709551615 18446744073709551616 1e2 1e400 1e-400 1.5 1.0 -0.0";

    private static final String TEXTS =
            "'' 'x' '1' '\u00a0' '0x' '0x0' '0X1' '0xffffffffffffffff' '0x10000000000000000'"
                    + " '-0x1' '\\u0000' '\\ud800' '\\ud83d\\ude00' 'rwx' '../../x' '<script>'"
                    + " '%s%n' 'lru' 'linear' 'lecture-16' 'unclosed";

    private static final String OTHERS =
            "true false null [] [null] [[]] [1,2,3] {} {'':0} {'a':{'b':[{}]}} NaN Infinity"
                    + " undefined 0x10 01 +1 .5 1.";

    private static final byte[] JSON_LETTERS =
            "{}[]\":,0123456789eE.-+ntfu\\/* \t\n\r\0x'".getBytes(ISO_8859_1);

    private final Dice dice;

    HostileBodies(Dice dice) {
        this.dice = dice;
    }

    private static String area(String start, String length, String protection) {
        return "{'areas':[{'start':%s,'length':%s,'protection':%s}]}"
                .formatted(start, length, protection);
    }

    private static Hostile post(String kind, String path, byte[] body) {
        return Hostile.post(kind, path, Client.JSON, body);
    }

    Hostile malformed() {
        Good good = dice.pick(Hostile.POSTS);
        byte[] body = good.body().getBytes(UTF_8);
        for (int changes = 1 + dice.below(3); changes > 0; changes--) {
            body = dice.spoilt(body, JSON_LETTERS);
        }
        return post("malformed JSON", good.path(), body);
    }

    Hostile wrongValue() {
        Good hole = dice.pick(HOLES);
        String value =
                switch (dice.below(8)) {
                    case 0, 1, 2 -> dice.word(NUMBERS);
                    case 3, 4 -> dice.word(TEXTS);
                    case 5, 6 -> dice.word(OTHERS);
                    default ->
                            dice.oneOf(
                                    "9".repeat(400),
                                    "9".repeat(5000),
                                    "'" + "a".repeat(63) + "'",
                                    "'" + "a".repeat(64) + "'",
                                    "'" + "a".repeat(100_000) + "'");
                };
        String body = hole.body().replace("%", value.replace('\'', '"'));
        return post("wrong value", hole.path(), body.getBytes(UTF_8));
    }

    Hostile nesting() {
        Good hole = dice.pick(HOLES);
        int depth = 1 << dice.below(18);
        boolean arrays = dice.toss();
        String value = (arrays ? "[" : "{\"a\":").repeat(depth);
        if (dice.toss()) {
            value += "0" + (arrays ? "]" : "}").repeat(depth);
        }
        return post("nesting", hole.path(), hole.body().replace("%", value).getBytes(UTF_8));
    }

    Hostile encoding() {
        Good good = dice.pick(Hostile.POSTS);
        String text = good.body();
        byte[] body =
                switch (dice.below(6)) {
                    case 0 -> text.getBytes(UTF_16);
                    case 1 -> ("\uFEFF" + text).getBytes(UTF_8);
                    case 2 -> text.replace('a', (char) 0xFF).getBytes(ISO_8859_1);
                    case 3 -> text.replace("\"", "\"\u0001").getBytes(UTF_8);
                    case 4 -> text.replace("e", "\u00e9\ud83d\ude00").getBytes(UTF_8);
                    default -> dice.bytes(1 + dice.below(100));
                };
        return post("encoding", good.path(), body);
    }
}
