import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The first session of the README, with the JDK alone (17 or newer).
 *
 * <pre>java examples/FirstSession.java [http://localhost:8080]</pre>
 *
 * <p>The JDK reads no JSON, so this looks for single fields. A client for more takes a library, or
 * is generated from {@code /v3/api-docs}.
 */
public final class FirstSession {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final String server;

    private FirstSession(String server) {
        this.server = server;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        new FirstSession(args.length > 0 ? args[0] : "http://localhost:8080").play();
    }

    private void play() throws IOException, InterruptedException {
        String made =
                post("/v1/machines", """
                {"frames": 4, "addressBits": 16,
                 "translation": {"kind": "linear"}, "tlb": null}
                """);
        String machine = "/v1/machines/" + field(made, "id");

        String process = call("POST", machine + "/processes");
        String parent = machine + "/processes/" + field(process, "pid");
        System.out.println("write: " + fault(write(parent, "0x1004", 7)));
        String result = read(parent, "0x1004");
        System.out.println("read: " + field(result, "value") + " with " + fault(result));

        String pid = field(call("POST", parent + "/fork"), "pid");
        String frames = call("GET", machine + "/frames");
        System.out.println("fork: process " + pid + " shares frame " + field(frames, "frame"));

        String child = machine + "/processes/" + pid;
        System.out.println("child writes: " + fault(write(child, "0x1004", 8)));
        System.out.println("parent reads: " + field(read(parent, "0x1004"), "value"));

        String trace = call("POST", parent + "/trace", "text/x-pages", "2 3 4 5 6 1");
        String faults = field(trace, "pageFaults");
        String evictions = field(trace, "evictions");
        System.out.println("trace: " + faults + " page faults, " + evictions + " evictions");

        call("DELETE", machine);
    }

    private String write(String process, String address, int value)
            throws IOException, InterruptedException {
        return access(process, """
                {"op": "write", "address": "%s", "value": %d}""".formatted(address, value));
    }

    private String read(String process, String address) throws IOException, InterruptedException {
        return access(process, """
                {"op": "read", "address": "%s"}""".formatted(address));
    }

    private String access(String process, String access)
            throws IOException, InterruptedException {
        return post(process + "/accesses", "{\"accesses\": [" + access + "]}");
    }

    private String call(String method, String path) throws IOException, InterruptedException {
        return call(method, path, null, "");
    }

    private String post(String path, String json) throws IOException, InterruptedException {
        return call("POST", path, "application/json", json);
    }

    /** Sends a request and reads the JSON of its answer. An error ends the program, in words. */
    private String call(String method, String path, String type, String body)
            throws IOException, InterruptedException {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(server + path))
                        .method(method, BodyPublishers.ofString(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        HttpResponse<String> answer = HTTP.send(request.build(), BodyHandlers.ofString());
        if (answer.statusCode() >= 400) {
            System.err.println(method + " " + path + ": " + answer.body());
            System.exit(1);
        }
        return answer.body();
    }

    /** How the fault of an access was resolved, or that there was none. */
    private static String fault(String result) {
        return field(result, "fault").equals("null")
                ? "no fault"
                : field(result, "type") + " fault, " + field(result, "resolution");
    }

    /** The first field of this name. */
    private static String field(String json, String name) {
        String pattern = "\"" + name + "\":(?:\"([^\"]*)\"|([^,}]*))";
        Matcher found = Pattern.compile(pattern).matcher(json);
        if (!found.find()) {
            throw new IllegalArgumentException("no " + name + " in " + json);
        }
        return found.group(1) == null ? found.group(2) : found.group(1);
    }
}
