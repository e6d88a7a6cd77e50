package dev.faultline.api.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.util.ClassUtils;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * Refuses query parameters that an endpoint does not have, that are given twice or empty, and
 * numbers and truths that only Spring takes for such ({@code 0x10}, {@code 01}, {@code yes}).
 */
@Configuration
class UnknownParameters implements WebMvcConfigurer, HandlerInterceptor {

    private static final Pattern DECIMAL = Pattern.compile("(0|[1-9][0-9]{0,9})([.][0-9]{1,20})?");

    private final Map<HandlerMethod, Map<String, Class<?>>> known = new ConcurrentHashMap<>();

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/v1/**");
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (request.getQueryString() != null && handler instanceof HandlerMethod method) {
            Map<String, Class<?>> types =
                    known.computeIfAbsent(
                            method.createWithResolvedBean(), UnknownParameters::types);
            request.getParameterMap().forEach((name, values) -> check(name, values, types));
        }
        return true;
    }

    private static void check(String name, String[] values, Map<String, Class<?>> types) {
        String shown = name.length() <= 40 ? name : name.substring(0, 40) + "…";
        Class<?> type = types.get(name);
        if (type == null) {
            throw ApiException.badParameter(
                    shown,
                    types.isEmpty()
                            ? "there are no query parameters here"
                            : "no such query parameter; known: "
                                    + String.join(", ", types.keySet()));
        }
        if (values.length > 1) {
            throw ApiException.badParameter(shown, "given more than once");
        }
        if (values[0].isEmpty()) {
            throw ApiException.badParameter(shown, "must not be empty");
        }
        if (type == Double.class && !DECIMAL.matcher(values[0]).matches()) {
            throw ApiException.badParameter(shown, "must be a number in decimal digits");
        }
        if (type != Double.class
                && Number.class.isAssignableFrom(ClassUtils.resolvePrimitiveIfNecessary(type))
                && Numbers.parse(values[0]).isEmpty()) {
            throw ApiException.badParameter(shown, "must be an integer in decimal digits");
        }
        if (ClassUtils.resolvePrimitiveIfNecessary(type) == Boolean.class
                && !values[0].equals("true")
                && !values[0].equals("false")) {
            throw ApiException.badParameter(shown, "must be true or false");
        }
    }

    /** The types of an endpoint's query parameters, by name. */
    private static Map<String, Class<?>> types(HandlerMethod method) {
        Map<String, Class<?>> types = new TreeMap<>();
        for (MethodParameter parameter : method.getMethodParameters()) {
            RequestParam annotation = parameter.getParameterAnnotation(RequestParam.class);
            if (annotation != null) {
                String given = annotation.name();
                types.put(
                        given.isEmpty() ? parameter.getParameter().getName() : given,
                        parameter.getParameterType());
            }
        }
        if (SubjectRules.takesVersion(method)) {
            types.put(SubjectRules.AT, Long.class);
        }
        return types;
    }
}
