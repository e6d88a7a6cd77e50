package dev.faultline.api.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.stereotype.Component;

import tools.jackson.databind.json.JsonMapper;

import java.io.IOException;

/** Writes problem documents where no controller is: in filters. */
@Component
public class ProblemWriter {

    private final JsonMapper mapper;

    ProblemWriter(JsonMapper mapper) {
        this.mapper = mapper;
    }

    /** Answers with a problem. */
    public void write(
            HttpServletRequest request, HttpServletResponse response, ApiException problem)
            throws IOException {
        ProblemDetail detail = ProblemAdvice.of(problem, request.getRequestURI());
        problem.headers().forEach((name, values) -> response.setHeader(name, values.getFirst()));
        response.setStatus(problem.status().value());
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        byte[] body = mapper.writeValueAsBytes(detail);
        response.setHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(body.length));
        response.getOutputStream().write(body);
    }
}
