package dev.faultline.api.pages;

import io.swagger.v3.oas.annotations.Hidden;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.json.JsonMapper;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;

/** What one sees first: a page for people, links for programs, and signs at paths nearby. */
@RestController
@Hidden
class StartController {

    /** What this server is, and where to go on. */
    record StartBody(
            String name, @Nullable String version, String description, Map<String, String> links) {}

    /** What the page's calls are written with, to be replaced by what this server is called. */
    private static final String SERVER = "localhost:8080";

    private static final Pattern HOST =
            Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");

    private final Negotiation negotiation;
    private final String page;
    private final Served links;

    StartController(
            PageMaker pages,
            Negotiation negotiation,
            JsonMapper mapper,
            ObjectProvider<BuildProperties> build) {
        this.negotiation = negotiation;
        page = pages.html(PageMaker.text("pages/start.md"));
        BuildProperties built = build.getIfAvailable();
        StartBody body =
                new StartBody(
                        "Faultline",
                        built == null ? null : built.getVersion(),
                        "Simulated computers with virtual memory.",
                        places());
        links = Served.of(MediaType.APPLICATION_JSON, mapper.writeValueAsBytes(body));
    }

    private static Map<String, String> places() {
        Map<String, String> places = new LinkedHashMap<>();
        places.put("machines", "/v1/machines");
        places.put("presets", "/v1/presets");
        places.put("endpoints", "/docs");
        places.put("openapi", "/v3/api-docs");
        places.put("documents", "/guide");
        places.put("problems", "/problems");
        places.put("health", "/actuator/health");
        places.put("info", "/actuator/info");
        places.put("metrics", "/actuator/prometheus");
        return places;
    }

    @GetMapping({"/", "/v1"})
    ResponseEntity<byte[]> start(
            @RequestHeader(name = HttpHeaders.HOST, required = false) @Nullable String host,
            HttpServletRequest request)
            throws HttpMediaTypeNotAcceptableException {
        if (!negotiation.isPageWanted(request)) {
            return links.answerByAccept();
        }
        String server =
                host != null && HOST.matcher(host).matches()
                        ? host
                        : "localhost:" + request.getLocalPort();
        return Served.page(page.replace(SERVER, server)).answerByAccept();
    }

    @GetMapping({"/v1/", "/index.html"})
    ResponseEntity<Void> toStart() {
        return seeAlso("/");
    }

    @GetMapping({"/docs/", "/swagger-ui.html", "/swagger-ui", "/swagger-ui/"})
    ResponseEntity<Void> toEndpoints() {
        return seeAlso("/docs");
    }

    /** For a while only: a browser that keeps it for ever would keep a mistake, too. */
    static ResponseEntity<Void> seeAlso(String path) {
        return ResponseEntity.status(HttpStatus.FOUND).location(URI.create(path)).build();
    }
}
