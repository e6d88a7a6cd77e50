package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.servlet.http.HttpServletRequest;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.context.ApplicationContext;
import org.springframework.http.HttpHeaders;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.accept.ContentNegotiationManager;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerExecutionChain;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.util.ServletRequestPathUtils;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Handlers are found by an index, and each request finds what Spring's own search would find. */
@Tag("slow")
class HandlerLookupTest extends HttpTest {

    private static final List<String> METHODS =
            List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW");

    /** Types of a body, and types that are welcome: those that endpoints know, and others. */
    private static final List<List<String>> TYPES =
            List.of(
                    List.of("", ""),
                    List.of("application/json", "*/*"),
                    List.of("application/json", "application/json;q=0.5, text/event-stream"),
                    List.of("text/x-lackey", "application/x-ndjson"),
                    List.of("application/octet-stream", "text/html, */*;q=0.1"),
                    List.of("text/csv", "application/json"),
                    List.of("no type", "image/png"));

    @Autowired
    @Qualifier("requestMappingHandlerMapping")
    private RequestMappingHandlerMapping served;

    @Autowired private ApplicationContext context;

    @Autowired
    @Qualifier("mvcContentNegotiationManager")
    private ContentNegotiationManager negotiation;

    @Test
    void theIndexFindsWhatSpringFinds() {
        RequestMappingHandlerMapping springs = springs();
        assertThat(served).isNotExactlyInstanceOf(RequestMappingHandlerMapping.class);
        int handlers = 0;
        for (String path : paths()) {
            for (String method : METHODS) {
                for (List<String> types : TYPES) {
                    String expected = outcome(springs, request(method, path, types));
                    assertThat(outcome(served, request(method, path, types)))
                            .as("%s %s with %s", method, path, types)
                            .isEqualTo(expected);
                    handlers += expected.startsWith("handler") ? 1 : 0;
                }
            }
        }
        assertThat(handlers).isGreaterThan(served.getHandlerMethods().size());
    }

    /** Spring's own mapping, with everything that is registered in ours. */
    private RequestMappingHandlerMapping springs() {
        RequestMappingHandlerMapping springs = new RequestMappingHandlerMapping();
        springs.setApplicationContext(context);
        springs.setPatternParser(served.getPatternParser());
        springs.setContentNegotiationManager(negotiation);
        served.getHandlerMethods()
                .forEach(
                        (info, handler) ->
                                springs.registerMapping(
                                        info, handler.getBean(), handler.getMethod()));
        return springs;
    }

    /** A path for each pattern that is mapped, and many that miss it by a little. */
    private Set<String> paths() {
        Set<String> paths = new LinkedHashSet<>(List.of("", "/", "//", "/v1//", "/nothing", "*"));
        served.getHandlerMethods()
                .keySet()
                .forEach(info -> info.getPatternValues().forEach(each -> addPaths(each, paths)));
        return paths;
    }

    private static void addPaths(String pattern, Set<String> paths) {
        String path = pattern.replaceAll("\\{[^}]*\\}", "one");
        paths.add(path);
        paths.add(path + "/");
        paths.add(path + "//");
        paths.add(path + "/more");
        paths.add(path + ";a=b");
        paths.add(path + "x");
        paths.add(path + ".json");
        List<String> segments = new ArrayList<>(List.of(path.split("/", -1)));
        for (int i = 1; i < segments.size(); i++) {
            String segment = segments.get(i);
            for (String other :
                    List.of(
                            "other",
                            "",
                            ".",
                            segment + "%20",
                            segment.toUpperCase(Locale.ROOT),
                            "1")) {
                segments.set(i, other);
                paths.add(String.join("/", segments));
            }
            if (!segment.isEmpty()) {
                segments.set(i, "%%%02X".formatted((int) segment.charAt(0)) + segment.substring(1));
                paths.add(String.join("/", segments));
            }
            segments.remove(i);
            paths.add(String.join("/", segments));
            segments.add(i, segment);
        }
    }

    private static MockHttpServletRequest request(String method, String path, List<String> types) {
        MockHttpServletRequest request = new MockHttpServletRequest(method, path);
        if (!types.get(0).isEmpty()) {
            request.addHeader(HttpHeaders.CONTENT_TYPE, types.get(0));
        }
        if (!types.get(1).isEmpty()) {
            request.addHeader(HttpHeaders.ACCEPT, types.get(1));
        }
        return request;
    }

    /** Everything that a look-up leaves: the handler with what it is told, or the refusal. */
    private static String outcome(HandlerMapping mapping, HttpServletRequest request) {
        ServletRequestPathUtils.parseAndCache(request);
        try {
            HandlerExecutionChain chain = mapping.getHandler(request);
            if (chain == null) {
                return "nothing";
            }
            String method = ((HandlerMethod) chain.getHandler()).getMethod().toString();
            return "handler " + method + attributes(request);
        } catch (HttpMediaTypeNotSupportedException e) {
            return e.getMessage()
                    + new TreeSet<>(
                            e.getSupportedMediaTypes().stream().map(Object::toString).toList());
        } catch (Exception e) {
            return e instanceof ErrorResponse refusal
                    ? e.getClass() + " " + sorted(refusal.getHeaders())
                    : e.toString();
        }
    }

    private static String attributes(HttpServletRequest request) {
        TreeMap<String, String> told = new TreeMap<>();
        for (String name :
                List.of(
                        HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE,
                        HandlerMapping.PATH_WITHIN_HANDLER_MAPPING_ATTRIBUTE,
                        HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
                        HandlerMapping.MATRIX_VARIABLES_ATTRIBUTE,
                        HandlerMapping.PRODUCIBLE_MEDIA_TYPES_ATTRIBUTE)) {
            told.put(name, String.valueOf(request.getAttribute(name)));
        }
        return told.toString();
    }

    /** Headers whose lists are in any order. */
    private static String sorted(HttpHeaders headers) {
        TreeMap<String, Set<String>> sorted = new TreeMap<>();
        headers.forEach(
                (name, values) -> {
                    Set<String> parts = new TreeSet<>();
                    values.forEach(value -> parts.addAll(List.of(value.split(",\\s*", -1))));
                    sorted.put(name, parts);
                });
        return sorted.toString();
    }
}
