package dev.faultline.api.web;

import dev.faultline.history.Request;
import dev.faultline.hosting.MachineHost;
import dev.faultline.owners.Caller;

import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.GlobalOperationCustomizer;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * Gives handlers their {@link Caller}, {@link Subject} or {@link Mutation}, and puts the parameters
 * that these stand for into the OpenAPI document.
 */
@Configuration
class SubjectRules
        implements WebMvcConfigurer, HandlerMethodArgumentResolver, GlobalOperationCustomizer {

    static {
        SpringDocUtils.getConfig()
                .addRequestWrapperToIgnore(Caller.class, Subject.class, Mutation.class);
    }

    /** The query parameter with the version that a request asks about. */
    static final String AT = "at";

    private final MachineHost host;
    private final Callers callers;

    SubjectRules(MachineHost host, Callers callers) {
        this.host = host;
        this.callers = callers;
    }

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == Caller.class
                || Subject.class.isAssignableFrom(parameter.getParameterType());
    }

    @Override
    @SuppressWarnings("unchecked") // Spring keeps the path's variables under this name
    public Object resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest request,
            @Nullable WebDataBinderFactory binders) {
        HttpServletRequest asked =
                Objects.requireNonNull(request.getNativeRequest(HttpServletRequest.class));
        Caller caller = callers.current();
        if (parameter.getParameterType() == Caller.class) {
            return caller;
        }
        Map<String, String> path =
                (Map<String, String>)
                        request.getAttribute(
                                HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE,
                                RequestAttributes.SCOPE_REQUEST);
        Map<String, String> variables = path == null ? Map.of() : path;
        return parameter.getParameterType() == Mutation.class
                ? new Mutation(host, caller, variables, ifMatch(request), asked(parameter, request))
                : new Subject(host, caller, variables, version(asked));
    }

    /** The version that a query asks about; whether it may ask is checked before. */
    private static @Nullable Long version(HttpServletRequest request) {
        if (request.getQueryString() == null) {
            return null;
        }
        String at = request.getParameter(AT);
        long version = at == null ? 1 : Numbers.parse(at).orElse(0);
        if (version < 1) {
            throw ApiException.badParameter(AT, "must be a version, an integer from 1 on");
        }
        return at == null ? null : version;
    }

    private static Request asked(MethodParameter parameter, NativeWebRequest request) {
        io.swagger.v3.oas.annotations.Operation operation =
                parameter.getMethodAnnotation(io.swagger.v3.oas.annotations.Operation.class);
        HttpServletResponse response = request.getNativeResponse(HttpServletResponse.class);
        String id = response == null ? null : response.getHeader(RequestIdFilter.HEADER);
        return new Request(
                operation == null ? "" : operation.operationId(),
                id == null ? "" : id,
                request.getHeader(IdempotencyFilter.KEY));
    }

    /** Whether an endpoint can tell how things were at an earlier version. */
    static boolean takesVersion(HandlerMethod handler) {
        GetMapping mapping =
                AnnotatedElementUtils.findMergedAnnotation(handler.getMethod(), GetMapping.class);
        return mapping != null
                && !handler.hasMethodAnnotation(PresentOnly.class)
                && Arrays.stream(handler.getMethodParameters())
                        .anyMatch(each -> each.getParameterType() == Subject.class);
    }

    /** The header's tags, which may come in several lines; null without one. */
    private static @Nullable String ifMatch(NativeWebRequest request) {
        String[] lines = request.getHeaderValues(HttpHeaders.IF_MATCH);
        return lines == null ? null : String.join(",", lines);
    }

    @Override
    public Operation customize(Operation operation, HandlerMethod handler) {
        Arrays.stream(handler.getMethodParameters())
                .map(MethodParameter::getParameterType)
                .filter(Subject.class::isAssignableFrom)
                .findFirst()
                .ifPresent(type -> addParameters(operation, handler, type));
        return operation;
    }

    /**
     * The path's variables come first; {@code If-Match} is the first of the headers. Handlers that
     * differ in their media types alone share one operation: it has all that one of them takes.
     */
    private static void addParameters(Operation operation, HandlerMethod handler, Class<?> type) {
        List<Parameter> parameters = new ArrayList<>();
        if (operation.getParameters() != null) {
            parameters.addAll(operation.getParameters());
        }
        boolean isFirst = !has(parameters, Subject.MACHINE);
        if (isFirst && hasPid(handler)) {
            parameters.addFirst(text("path", Subject.PID, true));
        }
        if (isFirst) {
            parameters.addFirst(text("path", Subject.MACHINE, true));
        }
        if (takesVersion(handler) && !has(parameters, AT)) {
            parameters.add(
                    headers(parameters),
                    new Parameter()
                            .in("query")
                            .name(AT)
                            .schema(new IntegerSchema().format("int64").minimum(BigDecimal.ONE)));
        }
        if (isFirst && type == Mutation.class) {
            parameters.add(headers(parameters), text("header", HttpHeaders.IF_MATCH, false));
        }
        operation.setParameters(parameters);
    }

    private static boolean has(List<Parameter> parameters, String name) {
        return parameters.stream().anyMatch(each -> each.getName().equals(name));
    }

    /** Where the headers begin. */
    private static int headers(List<Parameter> parameters) {
        int at = 0;
        while (at < parameters.size() && !"header".equals(parameters.get(at).getIn())) {
            at++;
        }
        return at;
    }

    private static boolean hasPid(HandlerMethod handler) {
        return Stream.of(handler.getBeanType(), handler.getMethod())
                .map(each -> AnnotatedElementUtils.findMergedAnnotation(each, RequestMapping.class))
                .filter(Objects::nonNull)
                .flatMap(mapping -> Arrays.stream(mapping.path()))
                .anyMatch(path -> path.contains("{" + Subject.PID + "}"));
    }

    private static Parameter text(String in, String name, boolean required) {
        return new Parameter().in(in).name(name).required(required).schema(new StringSchema());
    }
}
