package dev.faultline.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.util.List;

/** A request that no well-behaved client sends; {@code kind} says what is wrong with it. */
record Hostile(String kind, byte[] bytes) {

    /** The machine that the requests are about; it has process 1. */
    static final String VICTIM = "/v1/machines/victim";

    /** A good request: the path of a POST, and its body. */
    record Good(String path, String body) {

        /** {@code body} may be written with ' for ". */
        static Good of(String path, String body) {
            return new Good(path, body.replace('\'', '"'));
        }
    }

    static final List<Good> POSTS =
            List.of(
                    Good.of(
                            "/v1/machines",
                            "{'seed':1,'pageSize':4096,'frames':8,'addressBits':32,"
                                    + "'translation':{'kind':'hierarchical','levels':[10,10]},"
                                    + "'cpus':2,'tlb':{'entries':16,'ways':4,'tagged':true},"
                                    + "'replacement':{'policy':'clock','scope':'global'},"
                                    + "'swap':{'slots':64},'costs':{'swapIn':8},"
                                    + "'limits':{'processes':9,'events':100}}"),
                    Good.of(VICTIM + "/clone", "{'id':'copy'}"),
                    Good.of(
                            VICTIM + "/processes",
                            "{'name':'p','areas':[{'start':'0x1000','length':4096,"
                                    + "'protection':'rw-','kind':'anonymous'}],"
                                    + "'onSignal':'continue'}"),
                    Good.of(
                            VICTIM + "/processes/1/accesses",
                            "{'accesses':[{'op':'read','address':'0x1004'},{'op':'tick'},"
                                    + "{'op':'write','address':8192,'size':4,'value':7}]}"),
                    Good.of(
                            VICTIM + "/processes/1/areas",
                            "{'start':'0x5000','length':4096,'protection':'r--',"
                                    + "'kind':'anonymous','replace':true}"),
                    Good.of(VICTIM + "/processes/1/brk", "{'increment':100}"),
                    Good.of(VICTIM + "/kernel/mappings", "{'frame':0,'protection':'r--'}"),
                    Good.of(VICTIM + "/tlb/flush", "{'pid':1,'address':'0x1000'}"),
                    Good.of(
                            "/v1/comparisons/page-tables",
                            "{'addressBits':32,'areas':[{'start':'0x1000','length':9999}],"
                                    + "'addresses':['0x5000']}"),
                    Good.of(
                            VICTIM + "/kernel/accesses",
                            "{'accesses':[{'op':'read','address':'0x4'}]}"),
                    Good.of(VICTIM + "/processes/1/areas/0x1000/advise", "{'advice':'willneed'}"),
                    Good.of(VICTIM + "/processes/1/areas/0x1000/sync", "{'length':4096}"),
                    Good.of(VICTIM + "/processes/1/areas/0x1000/lock", "{'length':4096}"),
                    Good.of(VICTIM + "/processes/1/areas/0x1000/unlock", "{}"),
                    Good.of(VICTIM + "/processes/1/areas/0x1000/dirty", "{}"),
                    Good.of(
                            VICTIM + "/processes/1/areas/0x1000/remap",
                            "{'newLength':8192,'mayMove':false}"),
                    Good.of(VICTIM + "/processes/1/fork", "{}"),
                    Good.of(VICTIM + "/processes/9/exit", "{}"),
                    Good.of(VICTIM + "/processes/1/vfork", "{}"),
                    Good.of(VICTIM + "/processes/8/exec", "{'areas':[],'onSignal':'continue'}"),
                    Good.of(
                            VICTIM + "/processes/1/protect",
                            "{'ranges':[{'start':'0x1000','length':4096}],'protection':'rw-'}"),
                    Good.of(VICTIM + "/processes/1/swap-out", "{}"),
                    Good.of(VICTIM + "/processes/1/swap-in", "{}"),
                    Good.of(
                            VICTIM + "/processes/1/predictions",
                            "{'accesses':[{'op':'read','address':'0x1000',"
                                    + "'expected':{'fault':true,'frame':1,"
                                    + "'victim':{'pid':1,'page':2}}}]}"),
                    Good.of(VICTIM + "/compact", "{}"),
                    Good.of(
                            "/v1/experiments/multiprogramming",
                            "{'degrees':[1,2],'ticks':500,'frames':[8]}"),
                    Good.of(VICTIM + "/run", "{'until':{'accesses':50}}"),
                    Good.of(
                            VICTIM + "/processes",
                            "{'program':{'generator':{'kind':'zipf','pages':4,'accesses':9},"
                                    + "'think':2}}"),
                    Good.of(
                            "/v1/sweeps",
                            "{'pages':[1,2,3],'policies':['lru',{'policy':'2q'}],'frames':[1,2],"
                                    + "'tlbs':[null,{'entries':4}]}"),
                    Good.of(
                            "/v1/sweeps",
                            "{'accesses':[{'op':'read','address':'0x1000','size':4}],"
                                    + "'machine':{'pageSize':64}}"),
                    Good.of(VICTIM + "/frames/0/pin", "{}"),
                    Good.of(VICTIM + "/frames/0/unpin", "{}"),
                    Good.of(VICTIM + "/reset", "{}"));

    static final List<String> GETS =
            List.of(
                    "/v1/machines",
                    "/v1/presets",
                    "/v1/targets",
                    "/v1/traces",
                    "/v1/traces/x/miss-ratios?policy=lru&frames=1,2",
                    "/v1/operations",
                    "/v1/operations/op-1",
                    VICTIM,
                    VICTIM + "/counters",
                    VICTIM + "/metrics",
                    VICTIM + "/frames",
                    VICTIM + "/tlb",
                    VICTIM + "/swap",
                    VICTIM + "/events",
                    VICTIM + "/processes",
                    VICTIM + "/processes/1",
                    VICTIM + "/processes/1/areas",
                    VICTIM + "/processes/1/areas/0x1000",
                    VICTIM + "/processes/1/areas/0x1000/mincore",
                    VICTIM + "/files",
                    VICTIM + "/files/nothing",
                    VICTIM + "/kernel/mappings",
                    VICTIM + "/translation-costs",
                    VICTIM + "/disk",
                    VICTIM + "/cpus",
                    VICTIM + "/time",
                    VICTIM + "/background",
                    VICTIM + "/groups",
                    VICTIM + "/replacement",
                    VICTIM + "/processes/1/table-memory",
                    VICTIM + "/holes",
                    VICTIM + "/translations?pid=1&address=0x1000&op=write",
                    VICTIM + "/processes/1/handler",
                    VICTIM + "/processes/1/descriptors",
                    VICTIM + "/processes/1/pages",
                    VICTIM + "/memory?pid=1&address=0x1000&length=8",
                    "/v3/api-docs",
                    "/swagger-ui/index.html",
                    "/docs",
                    "/actuator/health",
                    "/actuator/prometheus",
                    "/nothing",
                    "/",
                    "/error");

    /** A request as it goes over the wire, a byte a character. */
    static Hostile raw(String kind, String text) {
        return new Hostile(kind, text.getBytes(ISO_8859_1));
    }

    /** A POST, well formed but for its body. */
    static Hostile post(String kind, String path, String type, byte[] body) {
        String length = "Content-Length: " + body.length;
        return new Hostile(kind, joined(head(path, type) + length + "\r\n\r\n", body));
    }

    /** A request line, headers of its own each with its end, and those that every request has. */
    static Hostile plain(String kind, String requestLine, String headers, String body) {
        String length = body.isEmpty() ? "" : "Content-Length: " + body.length() + "\r\n";
        String own = "\r\nHost: h\r\nConnection: close\r\n" + headers + length + "\r\n";
        return raw(kind, requestLine + own + body);
    }

    /** The head of a POST, but for how its body is framed. */
    static String head(String path, String type) {
        return "POST "
                + path
                + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: "
                + type
                + "\r\n";
    }

    static byte[] joined(String head, byte[] body) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.getBytes(ISO_8859_1));
        out.writeBytes(body);
        return out.toByteArray();
    }

    boolean isTrace() {
        return kind.startsWith("trace");
    }

    /** The status above 500 that HTTP itself asks for here; 0 elsewhere. */
    int serverErrorAllowed() {
        return switch (kind) {
            case "transfer coding", "CONNECT" -> 501;
            case "HTTP version" -> 505;
            default -> 0;
        };
    }

    @Override
    public String toString() {
        return kind + ":\n" + new String(bytes, 0, Math.min(bytes.length, 1500), ISO_8859_1);
    }
}
