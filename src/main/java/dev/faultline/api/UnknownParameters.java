package dev.faultline.api;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** Refuses query parameters that an endpoint does not have, or that are given twice or empty. */
@Configuration
class UnknownParameters implements WebMvcConfigurer, HandlerInterceptor {

    private final Map<HandlerMethod, Set<String>> known = new ConcurrentHashMap<>();

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/v1/**");
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getQueryString() != null && handler instanceof HandlerMethod method) {
            Set<String> names =
                    known.computeIfAbsent(
                            method.createWithResolvedBean(), UnknownParameters::names);
            request.getParameterMap().forEach((name, values) -> check(name, values, names));
        }
        return true;
    }

    private static void check(String name, String[] values, Set<String> names) {
        String shown = name.length() <= 40 ? name : name.substring(0, 40) + "…";
        if (!names.contains(name)) {
            throw ApiException.badParameter(
                    shown,
                    names.isEmpty()
                            ? "there are no query parameters here"
                            : "no such query parameter; known: " + String.join(", ", names));
        }
        if (values.length > 1) {
            throw ApiException.badParameter(shown, "given more than once");
        }
        if (values[0].isEmpty()) {
            throw ApiException.badParameter(shown, "must not be empty");
        }
    }

    private static Set<String> names(HandlerMethod method) {
        Set<String> names = new TreeSet<>();
        for (MethodParameter parameter : method.getMethodParameters()) {
            RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
            if (annotation != null) {
                String given = annotation.name();
                names.add(given.isEmpty() ? parameter.getParameter().getName() : given);
            }
        }
        return names;
    }
}
