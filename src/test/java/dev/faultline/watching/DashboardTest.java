package dev.faultline.watching;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.watching.Dashboard.Panel;
import dev.faultline.watching.Dashboard.Target;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.Yaml;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The rules of Grafana's dashboard linter and a few more, without Grafana. */
class DashboardTest {

    private static final Pattern COUNTER =
            Pattern.compile("\\w+_(?:total|count|sum|bucket)\\{[^}]*}(\\S*)");
    private static final Pattern SELECTOR = Pattern.compile("(\\w+)\\{([^}]*)}");
    private static final Pattern RANGE = Pattern.compile("\\[([^]]*)]");

    private final Dashboard dashboard = Dashboard.read();

    @Test
    void isItselfInOrder() {
        assertThat(dashboard.json().path("uid").asString()).isEqualTo("faultline");
        assertThat(dashboard.json().path("editable").asBoolean(true)).isFalse();
        assertThat(dashboard.json().path("title").asString()).isNotBlank();
        assertThat(dashboard.views()).hasSizeGreaterThan(20);
    }

    @Test
    void theDataSourceIsAVariable() {
        JsonNode variable = dashboard.variable("datasource");
        assertThat(variable.path("type").asString()).isEqualTo("datasource");
        assertThat(variable.path("query").asString()).isEqualTo("prometheus");
        assertThat(variable.path("label").asString()).isEqualTo("Data source");
        assertNoneOf(dashboard.views(), panel -> !isDataSourceVariable(panel.json()));
        assertNoneOf(dashboard.targets(), target -> !isDataSourceVariable(target.json()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"job", "instance", "machine"})
    void theOtherVariablesAreQueries(String name) {
        JsonNode variable = dashboard.variable(name);
        assertThat(isDataSourceVariable(variable)).isTrue();
        assertThat(variable.path("type").asString()).isEqualTo("query");
        assertThat(variable.path("label").asString()).isEqualToIgnoringCase(name);
        assertThat(variable.path("multi").asBoolean()).isTrue();
        assertThat(variable.path("allValue").asString()).isEqualTo(".+");
        assertThat(variable.path("refresh").asInt())
                .as("asked again with the time range")
                .isEqualTo(2);
    }

    private static boolean isDataSourceVariable(JsonNode json) {
        JsonNode source = json.path("datasource");
        return source.path("type").asString("").equals("prometheus")
                && source.path("uid").asString("").equals("${datasource}");
    }

    @Test
    void panelsHaveTitleDescriptionUnitAndExpressions() {
        assertNoneOf(dashboard.panels(), panel -> panel.title().isBlank());
        assertNoneOf(
                dashboard.views(),
                panel -> panel.json().path("description").asString("").isBlank());
        assertNoneOf(
                dashboard.views(),
                panel ->
                        panel.json()
                                .path("fieldConfig")
                                .path("defaults")
                                .path("unit")
                                .asString("")
                                .isBlank());
        assertNoneOf(dashboard.views(), panel -> panel.targets().isEmpty());
        assertNoneOf(dashboard.targets(), target -> target.expression().isBlank());
        assertNoneOf(dashboard.targets(), target -> target.legend().isBlank());
    }

    @Test
    void namesAreUnique() {
        assertNoneTwice(dashboard.panels(), Panel::id);
        assertNoneTwice(dashboard.views(), Panel::title);
        dashboard.views().forEach(panel -> assertNoneTwice(panel.targets(), Target::refId));
    }

    @Test
    void panelsStandInTheGridAndDoNotOverlap() {
        assertNoneOf(
                dashboard.panels(),
                panel ->
                        panel.grid("x") < 0
                                || panel.grid("y") < 0
                                || panel.grid("w") < 1
                                || panel.grid("h") < 1
                                || panel.grid("x") + panel.grid("w") > 24);
        List<Panel> panels = dashboard.panels();
        for (int i = 0; i < panels.size(); i++) {
            assertNoneOf(panels.subList(0, i), panels.get(i)::overlaps);
        }
    }

    @Test
    void expressionsChooseJobAndInstance() {
        for (Target target : dashboard.targets()) {
            Matcher selector = SELECTOR.matcher(target.expression());
            int found = 0;
            while (selector.find()) {
                found++;
                assertThat(selector.group(2))
                        .as("%s", target)
                        .contains("job=~\"$job\"", "instance=~\"$instance\"");
            }
            assertThat(found).as("%s", target).isPositive();
        }
    }

    /** The service's sums and the machines' own series have the same names. */
    @Test
    void expressionsChooseTheSumsOrTheMachines() {
        Set<Integer> ofMachines =
                dashboard.panels().stream()
                        .filter(panel -> panel.title().equals("Per machine"))
                        .flatMap(row -> row.json().path("panels").valueStream())
                        .map(panel -> panel.path("id").asInt())
                        .collect(Collectors.toSet());
        assertThat(ofMachines).isNotEmpty();
        for (Target target : dashboard.targets()) {
            boolean ofMachine = ofMachines.contains(target.panel().id());
            String machines = ofMachine ? "machine=~\"$machine\"" : "machine=\"\"";
            Matcher selector = SELECTOR.matcher(target.expression());
            while (selector.find()) {
                String name = selector.group(1);
                if (name.startsWith("faultline_") && !name.equals("faultline_machines")) {
                    assertThat(selector.group(2)).as("%s", target).contains(machines);
                }
            }
        }
    }

    @Test
    void countersAreShownAsRatesOverGrafanasOwnInterval() throws IOException {
        Set<String> exceptions = exceptions("target-counter-agg-rule");
        for (Target target : dashboard.targets()) {
            Matcher range = RANGE.matcher(target.expression());
            while (range.find()) {
                assertThat(range.group(1)).as("%s", target).isEqualTo("$__rate_interval");
            }
            Matcher counter = COUNTER.matcher(target.expression());
            while (!exceptions.contains(target.panel().title()) && counter.find()) {
                assertThat(counter.group(1)).as("%s", target).startsWith("[$__rate_interval])");
            }
        }
    }

    @Test
    void grafanaKnowsHowOftenPrometheusScrapes() throws IOException {
        String prometheus = Files.readString(Prometheus.CONFIGURATION);
        String source =
                Files.readString(
                        Path.of("watching/grafana/provisioning/datasources/prometheus.yml"));
        assertThat(source)
                .contains("timeInterval: " + Prometheus.scrapeInterval(prometheus) + "s\n");
    }

    /** The panels that the linter is told to leave alone; each must still be there. */
    private Set<String> exceptions(String rule) throws IOException {
        Object lint = new Yaml().load(Files.readString(Dashboard.FILE.resolveSibling(".lint")));
        Set<String> titles =
                JsonMapper.shared()
                        .<JsonNode>valueToTree(lint)
                        .path("exclusions")
                        .path(rule)
                        .path("entries")
                        .valueStream()
                        .map(entry -> entry.path("panel").asString())
                        .collect(Collectors.toSet());
        assertThat(dashboard.views()).extracting(Panel::title).containsAll(titles);
        return titles;
    }

    private static <T> void assertNoneOf(List<T> all, Predicate<T> bad) {
        assertThat(all.stream().filter(bad)).isEmpty();
    }

    private static <T> void assertNoneTwice(List<T> all, Function<T, Object> name) {
        List<Object> names = new ArrayList<>();
        all.forEach(one -> names.add(name.apply(one)));
        assertThat(names).doesNotHaveDuplicates();
    }
}
