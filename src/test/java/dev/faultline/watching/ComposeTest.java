package dev.faultline.watching;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files that start the service with Prometheus and Grafana have the shape that each program
 * demands, as far as they use it, and name the same services, ports and paths.
 */
class ComposeTest {

    /** Nothing is published to other computers: nobody has to log in. */
    private static final String LOOPBACK = "127\\.0\\.0\\.1:";

    private static final String DURATION = "([0-9]+(ms|s|m|h))+";
    private static final Path PROMETHEUS = Path.of("watching/prometheus.yml");
    private static final Path SOURCES = Path.of("watching/grafana/provisioning/datasources");
    private static final Path PROVIDERS = Path.of("watching/grafana/provisioning/dashboards");

    private final Map<String, Object> compose = yaml(Path.of("docker-compose.yml"));
    private final Map<String, Object> services = map(compose.get("services"));
    private final String dockerfile = text(Path.of("Dockerfile"));

    @Test
    void composeHasTheShapeThatItsSchemaDemands() {
        assertKeys(compose, Set.of("services", "volumes"));
        assertThat(services.keySet())
                .containsExactlyInAnyOrder("faultline", "prometheus", "grafana");
        for (Map.Entry<String, Object> each : services.entrySet()) {
            Map<String, Object> service = map(each.getValue());
            assertThat(each.getKey()).matches("[a-zA-Z0-9._-]+");
            assertKeys(
                    service,
                    Set.of(
                            "build",
                            "image",
                            "ports",
                            "environment",
                            "volumes",
                            "depends_on",
                            "healthcheck",
                            "restart",
                            "read_only",
                            "tmpfs",
                            "cap_drop",
                            "security_opt"));
            assertThat(service).containsKey("image");
            assertThat(service.get("restart")).isIn("no", "always", "on-failure", "unless-stopped");
            list(service.get("ports"))
                    .forEach(port -> assertMatches(port, LOOPBACK + "[0-9]+:[0-9]+"));
            assertThat(map(service.get("environment")))
                    .allSatisfy((name, value) -> assertMatches(name, "[A-Z][A-Z0-9_]*"))
                    .allSatisfy((name, value) -> assertThat(value).isInstanceOf(String.class));
            list(service.get("volumes"))
                    .forEach(volume -> assertMatches(volume, "[^:]+:/[^:]+(:ro)?"));
            assertHealthCheck(map(service.get("healthcheck")));
        }
    }

    private static void assertHealthCheck(Map<String, Object> check) {
        if (check.isEmpty()) {
            return;
        }
        assertKeys(check, Set.of("test", "interval", "timeout", "retries", "start_period"));
        assertThat(list(check.get("test"))).first().isIn("CMD", "CMD-SHELL");
        assertMatches(check.get("interval"), DURATION);
        assertMatches(check.get("timeout"), DURATION);
        assertThat(check.get("retries")).isInstanceOf(Integer.class);
    }

    @Test
    void noPortIsPublishedTwiceAndTheReadmeSaysWhere() {
        List<String> published = new ArrayList<>();
        services.keySet().forEach(name -> published.add(ports(name)[0]));
        assertThat(published).doesNotHaveDuplicates();
        String readme = text(Path.of("README.md"));
        assertThat(readme)
                .contains("localhost:" + ports("faultline")[0])
                .contains("port " + ports("prometheus")[0])
                .contains("port " + ports("grafana")[0]);
    }

    @Test
    void whatIsWaitedForIsThereAndSaysWhenItIsHealthy() {
        services.forEach(
                (name, service) ->
                        map(map(service).get("depends_on"))
                                .forEach(
                                        (other, how) -> {
                                            assertThat(map(how))
                                                    .isEqualTo(
                                                            Map.of("condition", "service_healthy"));
                                            assertThat(services).containsKey(other);
                                            boolean told =
                                                    map(services.get(other))
                                                            .containsKey("healthcheck");
                                            assertThat(told || isBuilt(other)).isTrue();
                                        }));
        assertThat(dockerfile).contains("\nHEALTHCHECK ");
    }

    private boolean isBuilt(String service) {
        return map(services.get(service)).containsKey("build");
    }

    @Test
    void whatIsMountedIsThere() {
        Set<String> named = new TreeSet<>();
        for (Object service : services.values()) {
            for (Object volume : list(map(service).get("volumes"))) {
                String source = String.valueOf(volume).split(":", -1)[0];
                if (source.startsWith(".")) {
                    assertThat(Path.of(source)).exists();
                } else {
                    named.add(source);
                }
            }
        }
        assertThat(named).isEqualTo(map(compose.get("volumes")).keySet());
    }

    @Test
    void theServiceListensWhereEverybodyLooksForIt() {
        Map<String, Object> settings = yaml(Path.of("src/main/resources/application.yaml"));
        String port = String.valueOf(map(settings.get("server")).get("port"));
        assertThat(ports("faultline")[1]).isEqualTo(port);
        assertThat(dockerfile)
                .contains("EXPOSE " + port + "\n")
                .contains("/dev/tcp/127.0.0.1/" + port)
                .contains("GET /actuator/health HTTP");
        assertThat(map(map(services.get("faultline")).get("environment")))
                .containsEntry("FAULTLINE_METRICS_ADDRESS", "faultline:" + port);
    }

    @Test
    void prometheusFindsTheService() {
        Map<String, Object> prometheus = yaml(PROMETHEUS);
        assertKeys(prometheus, Set.of("global", "scrape_configs"));
        assertMatches(map(prometheus.get("global")).get("scrape_interval"), DURATION);
        String address = "faultline:" + ports("faultline")[1];
        List<Object> jobs = new ArrayList<>();
        for (Object each : list(prometheus.get("scrape_configs"))) {
            Map<String, Object> job = map(each);
            assertKeys(
                    job, Set.of("job_name", "metrics_path", "static_configs", "http_sd_configs"));
            jobs.add(job.get("job_name"));
            for (Object config : list(job.get("static_configs"))) {
                assertThat(list(map(config).get("targets"))).isEqualTo(List.of(address));
            }
            for (Object config : list(job.get("http_sd_configs"))) {
                assertThat(map(config)).containsEntry("url", "http://" + address + "/v1/targets");
                assertMatches(map(config).get("refresh_interval"), DURATION);
            }
        }
        List<String> chosen = new ArrayList<>();
        Dashboard.read()
                .variable("job")
                .at("/current/value")
                .forEach(value -> chosen.add(value.asString()));
        assertThat(chosen).isEqualTo(jobs);
        assertThat(target("prometheus", PROMETHEUS)).isEqualTo("/etc/prometheus/prometheus.yml");
    }

    @Test
    void grafanaFindsPrometheusAndTheDashboard() {
        Map<String, Object> sources = yaml(SOURCES.resolve("prometheus.yml"));
        assertThat(sources).containsEntry("apiVersion", 1);
        Map<String, Object> source = map(list(sources.get("datasources")).getFirst());
        assertKeys(
                source,
                Set.of(
                        "name",
                        "uid",
                        "type",
                        "access",
                        "url",
                        "isDefault",
                        "editable",
                        "jsonData"));
        URI url = URI.create(String.valueOf(source.get("url")));
        assertThat(services).containsKey(url.getHost());
        assertThat(String.valueOf(url.getPort())).isEqualTo(ports(url.getHost())[1]);
        assertThat(source).containsEntry("type", "prometheus").containsEntry("isDefault", true);

        Map<String, Object> providers = yaml(PROVIDERS.resolve("faultline.yml"));
        assertThat(providers).containsEntry("apiVersion", 1);
        Map<String, Object> provider = map(list(providers.get("providers")).getFirst());
        assertKeys(
                provider,
                Set.of(
                        "name",
                        "type",
                        "disableDeletion",
                        "allowUiUpdates",
                        "updateIntervalSeconds",
                        "options"));
        Path dashboards = Path.of("watching/grafana/dashboards");
        String folder = target("grafana", dashboards);
        assertThat(map(provider.get("options"))).isEqualTo(Map.of("path", folder));
        assertThat(target("grafana", SOURCES)).isEqualTo("/etc/grafana/provisioning/datasources");
        assertThat(target("grafana", PROVIDERS)).isEqualTo("/etc/grafana/provisioning/dashboards");

        Map<String, Object> environment = map(map(services.get("grafana")).get("environment"));
        assertThat(environment.keySet()).allMatch(name -> name.startsWith("GF_"));
        String home = String.valueOf(environment.get("GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"));
        assertThat(home).startsWith(folder + "/");
        assertThat(dashboards.resolve(home.substring(folder.length() + 1))).exists();
    }

    @Test
    void healthChecksAskThePortOfTheirService() {
        for (String name : services.keySet()) {
            String check = map(services.get(name)).getOrDefault("healthcheck", "").toString();
            Matcher asked = Pattern.compile("127\\.0\\.0\\.1:([0-9]+)").matcher(check);
            while (asked.find()) {
                assertThat(asked.group(1)).isEqualTo(ports(name)[1]);
            }
        }
    }

    /** What the service writes (the rest of its container cannot be written to). */
    @Test
    void theServiceWritesTracesAndTemporaryFilesAlone() {
        Map<String, Object> service = map(services.get("faultline"));
        assertThat(service)
                .containsEntry("read_only", true)
                .containsEntry("cap_drop", List.of("ALL"))
                .containsEntry("security_opt", List.of("no-new-privileges:true"));
        // zstd unpacks its native code there; by itself a tmpfs is mounted noexec
        assertThat(list(service.get("tmpfs"))).hasSize(1);
        assertMatches(list(service.get("tmpfs")).getFirst(), "/tmp:exec,nosuid,nodev,.*mode=1777");
        String traces =
                String.valueOf(map(service.get("environment")).get("FAULTLINE_TRACES_DIRECTORY"));
        assertThat(list(service.get("volumes"))).containsExactly("traces:" + traces);
        int user = dockerfile.indexOf("\nUSER faultline\n");
        assertThat(user).isPositive().isLessThan(dockerfile.indexOf("\nENTRYPOINT "));
        assertThat(dockerfile.indexOf("\nUSER ", user + 1)).isNegative();
        assertThat(dockerfile).contains("install -d -o faultline -g faultline " + traces + " ");
    }

    /** The port of a service outside and inside of its container. */
    private String[] ports(String service) {
        List<Object> ports = list(map(services.get(service)).get("ports"));
        assertThat(ports).hasSize(1);
        return String.valueOf(ports.getFirst()).replaceFirst(LOOPBACK, "").split(":", -1);
    }

    /** Where a service has a file or folder of ours. */
    private String target(String service, Path source) {
        String prefix = "./" + source + ":";
        return list(map(services.get(service)).get("volumes")).stream()
                .map(String::valueOf)
                .filter(volume -> volume.startsWith(prefix))
                .map(volume -> volume.substring(prefix.length()).replaceFirst(":ro$", ""))
                .findFirst()
                .orElseThrow(() -> new AssertionError(service + " does not mount " + source));
    }

    private static void assertKeys(Map<String, Object> map, Set<String> known) {
        assertThat(known).containsAll(map.keySet());
    }

    private static void assertMatches(@Nullable Object value, String pattern) {
        assertThat(value).isInstanceOf(String.class).asString().matches(pattern);
    }

    private static Map<String, Object> yaml(Path path) {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        return map(new Yaml(new SafeConstructor(strict)).load(text(path)));
    }

    private static String text(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new AssertionError(path + " cannot be read", e);
        }
    }

    /** A mapping; none is an empty one. */
    @SuppressWarnings("unchecked") // the keys of these files are strings
    private static Map<String, Object> map(@Nullable Object value) {
        return value == null ? Map.of() : (Map<String, Object>) value;
    }

    /** A list; none is an empty one. */
    @SuppressWarnings("unchecked")
    private static List<Object> list(@Nullable Object value) {
        return value == null ? List.of() : (List<Object>) value;
    }
}
