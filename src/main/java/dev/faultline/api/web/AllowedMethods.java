package dev.faultline.api.web;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.http.HttpMethod;
import org.springframework.http.server.PathContainer;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.condition.PathPatternsRequestCondition;
import org.springframework.web.servlet.mvc.method.RequestMappingInfo;
import org.springframework.web.servlet.mvc.method.RequestMappingInfoHandlerMapping;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Which methods there are at a path, as {@code Allow} tells them. */
@Component
class AllowedMethods {

    private final ObjectProvider<RequestMappingInfoHandlerMapping> mappings;

    AllowedMethods(ObjectProvider<RequestMappingInfoHandlerMapping> mappings) {
        this.mappings = mappings;
    }

    /** The methods that controllers have at a path; empty if none has the path. */
    Set<String> at(String path) {
        PathContainer parsed = PathContainer.parsePath(path);
        return of(info -> matches(info, parsed));
    }

    /** The methods that controllers have at any path. */
    Set<String> all() {
        return of(info -> true);
    }

    private Set<String> of(Predicate<RequestMappingInfo> wanted) {
        return mappings.stream()
                .flatMap(mapping -> mapping.getHandlerMethods().keySet().stream())
                .filter(wanted)
                .flatMap(info -> info.getMethodsCondition().getMethods().stream())
                .map(Enum::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static boolean matches(RequestMappingInfo info, PathContainer path) {
        PathPatternsRequestCondition patterns = info.getPathPatternsCondition();
        return patterns != null
                && patterns.getPatterns().stream().anyMatch(pattern -> pattern.matches(path));
    }

    /** What {@code Allow} says of these methods: HEAD goes with GET, and OPTIONS with any. */
    static String header(Collection<String> methods) {
        Set<String> all = new TreeSet<>(methods);
        all.add(HttpMethod.OPTIONS.name());
        if (all.contains(HttpMethod.GET.name())) {
            all.add(HttpMethod.HEAD.name());
        }
        return String.join(", ", all);
    }
}
