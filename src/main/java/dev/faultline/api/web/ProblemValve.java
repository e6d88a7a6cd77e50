package dev.faultline.api.web;

import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ErrorReportValve;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;

import tools.jackson.databind.json.JsonMapper;

import java.io.ByteArrayOutputStream;
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
        byte[] body = bytes(status, Problems.detail(status), path == null ? "/" : path);
        try {
            response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
            if (response.getHeader(RequestIdFilter.HEADER) == null) {
                response.setHeader(RequestIdFilter.HEADER, RequestIdFilter.fresh());
            }
            SafeHeadersFilter.HEADERS.forEach(response::setHeader);
            response.setContentLength(body.length);
            response.getOutputStream().write(body);
            response.finishResponse();
        } catch (IOException | IllegalStateException e) {
            container.getLogger().debug(new String(body, StandardCharsets.UTF_8), e);
        }
    }

    /**
     * A whole answer, head and body, to a request whose head does not come to its end: it goes to
     * the socket as it is.
     */
    static byte[] headTooSlow() {
        HttpStatus status = HttpStatus.REQUEST_TIMEOUT;
        byte[] body = bytes(status, "the head of the request did not come to its end in time", "/");
        String head =
                """
                HTTP/1.1 %d %s
                %s: %s
                Content-Type: %s
                Content-Length: %d
                Connection: close
                %s
                """
                        .formatted(
                                status.value(),
                                status.getReasonPhrase(),
                                RequestIdFilter.HEADER,
                                RequestIdFilter.fresh(),
                                MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                                body.length,
                                lines(SafeHeadersFilter.HEADERS))
                        .replace("\n", "\r\n");
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(head.getBytes(StandardCharsets.ISO_8859_1));
        answer.writeBytes(body);
        return answer.toByteArray();
    }

    private static String lines(Map<String, String> headers) {
        StringBuilder lines = new StringBuilder();
        headers.forEach((name, value) -> lines.append(name + ": " + value + "\n"));
        return lines.toString();
    }

    private static byte[] bytes(HttpStatus status, String detail, String path) {
        return MAPPER.writeValueAsBytes(flat(status, detail, path));
    }

    /**
     * The document as Spring writes it, but without Spring's mapper, which this valve cannot get.
     */
    private static Map<String, Object> flat(HttpStatus status, String detail, String path) {
        ProblemDetail problem = Problems.of(status, detail, path);
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("type", String.valueOf(problem.getType()));
        fields.put("title", String.valueOf(problem.getTitle()));
        fields.put("status", problem.getStatus());
        fields.put("detail", detail);
        fields.put("instance", String.valueOf(problem.getInstance()));
        fields.put("reason", Reason.of(status).name());
        return fields;
    }
}
