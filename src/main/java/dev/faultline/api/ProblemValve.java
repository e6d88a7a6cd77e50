package dev.faultline.api;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Answers for what Tomcat refuses before any of our code runs, such as an encoded slash in a path:
 * a problem document instead of a page.
 */
public class ProblemValve extends ErrorReportValve {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    @Override
    protected void report(Request request, Response response, @Nullable Throwable throwable) {
        int code = response.getStatus();
        if (code < 400 || response.getContentWritten() > 0 || !response.setErrorReported()) {
            return;
        }
        HttpStatus known = HttpStatus.resolve(code);
        HttpStatus status = known == null ? HttpStatus.BAD_REQUEST : known;
        String path = request.getRequestURI();
        byte[] body = MAPPER.writeValueAsBytes(flat(status, path == null ? "/" : path));
        try {
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            if (response.getHeader(RequestIdFilter.HEADER) == null) {
                response.setHeader(RequestIdFilter.HEADER, RequestIdFilter.fresh());
            }
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            container.getLogger().debug(new String(body, StandardCharsets.UTF_8), e);
        }
    }

    /**
     * The document as Spring writes it, but without Spring's mapper, which this valve cannot get.
     */
    private static Map<String, Object> flat(HttpStatus status, String path) {
        String detail = Problems.detail(status);
        ProblemDetail problem = Problems.of(status, Problems.reason(status), detail, path);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", String.valueOf(problem.getType()));
        fields.put("title", String.valueOf(problem.getTitle()));
        fields.put("status", problem.getStatus());
        fields.put("detail", detail);
        fields.put("instance", String.valueOf(problem.getInstance()));
        fields.put("reason", Problems.reason(status));
        return fields;
    }
}
