package dev.faultline.api.pages;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import org.springframework.util.MimeTypeUtils;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationManager;
import org.springframework.web.context.request.ServletWebRequest;

import java.util.ArrayList;
import java.util.List;

/** Whether a request wants a page or JSON, where there are both. */
@Component
class Negotiation {

    /** The first is for those that take anything, as curl does. */
    private static final List<MediaType> OFFERED =
            List.of(MediaType.APPLICATION_JSON, MediaType.TEXT_HTML);

    private final ContentNegotiationManager manager;

    Negotiation(ContentNegotiationManager manager) {
        this.manager = manager;
    }

    /**
     * Whether {@code Accept} prefers HTML.
     *
     * @throws HttpMediaTypeNotAcceptableException if it takes neither
     */
    boolean isPageWanted(HttpServletRequest request) throws HttpMediaTypeNotAcceptableException {
        List<MediaType> accepted =
                new ArrayList<>(manager.resolveMediaTypes(new ServletWebRequest(request)));
        MimeTypeUtils.sortBySpecificity(accepted);
        return accepted.stream()
                .flatMap(type -> OFFERED.stream().filter(type::includes))
                .findFirst()
                .map(MediaType.TEXT_HTML::equals)
                .orElseThrow(() -> new HttpMediaTypeNotAcceptableException(OFFERED));
    }
}
