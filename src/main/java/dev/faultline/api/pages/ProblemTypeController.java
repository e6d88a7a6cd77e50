package dev.faultline.api.pages;

import dev.faultline.api.web.Reason;

import io.swagger.v3.oas.annotations.Hidden;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.resource.NoResourceFoundException;

import tools.jackson.databind.json.JsonMapper;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Explains every type of problem, at the path that problem documents name as their type. */
@RestController
@RequestMapping("/problems")
@Hidden
class ProblemTypeController {

    /** A type of problem, with the reasons that a document of it can give. */
    record TypeBody(String type, String title, int status, List<ReasonBody> reasons) {
        static TypeBody of(Reason reason) {
            return new TypeBody(
                    reason.type().toString(),
                    reason.title(),
                    reason.status().value(),
                    List.of(new ReasonBody(reason.name(), reason.explanation())));
        }
    }

    /** A reason, and what it means. */
    record ReasonBody(String reason, String description) {}

    /** All types. */
    record TypeList(List<TypeBody> problems) {}

    /** The same for people and for programs. */
    private record Both(Served page, Served json) {}

    private final Negotiation negotiation;
    private final Both all;
    private final Map<String, Both> types = new LinkedHashMap<>();

    ProblemTypeController(PageMaker pages, Negotiation negotiation, JsonMapper mapper) {
        this.negotiation = negotiation;
        for (Reason reason : Reason.values()) {
            types.put(reason.slug(), both(pages.html(page(reason)), mapper, TypeBody.of(reason)));
        }
        all =
                both(
                        pages.html(list()),
                        mapper,
                        new TypeList(Arrays.stream(Reason.values()).map(TypeBody::of).toList()));
    }

    private static Both both(String html, JsonMapper mapper, Object json) {
        return new Both(
                Served.page(html),
                Served.of(MediaType.APPLICATION_JSON, mapper.writeValueAsBytes(json)));
    }

    private static String page(Reason reason) {
        return """
        # %s

        Status %d %s. A problem document of the type `%s` gives this reason:

        - `%s`: %s

        [All problems](/problems)
        """
                .formatted(
                        reason.title(),
                        reason.status().value(),
                        reason.status().getReasonPhrase(),
                        reason.type(),
                        reason.name(),
                        reason.explanation());
    }

    private static String list() {
        StringBuilder text = new StringBuilder(PageMaker.text("pages/problems.md"));
        for (Reason reason : Reason.values()) {
            text.append(
                    "- [`%s`](%s), %d: %s\n"
                            .formatted(
                                    reason.name(),
                                    reason.type(),
                                    reason.status().value(),
                                    reason.explanation()));
        }
        return text.toString();
    }

    @GetMapping
    ResponseEntity<byte[]> list(HttpServletRequest request)
            throws HttpMediaTypeNotAcceptableException {
        return answer(all, request);
    }

    @GetMapping("/")
    ResponseEntity<Void> toList() {
        return StartController.seeAlso("/problems");
    }

    @GetMapping("/{slug}")
    ResponseEntity<byte[]> explain(@PathVariable String slug, HttpServletRequest request)
            throws HttpMediaTypeNotAcceptableException, NoResourceFoundException {
        return answer(Documents.existing(types.get(slug), request), request);
    }

    private ResponseEntity<byte[]> answer(Both both, HttpServletRequest request)
            throws HttpMediaTypeNotAcceptableException {
        return (negotiation.isPageWanted(request) ? both.page : both.json).answerByAccept();
    }
}
