package dev.faultline.api.web;

import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads {@code Accept} without charsets: JSON has none, and one that Spring cannot write would turn
 * an answer into a failure after the machine has changed.
 */
@Configuration
class AcceptRules implements WebMvcConfigurer {

    @Override
    public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
        HeaderContentNegotiationStrategy header = new HeaderContentNegotiationStrategy();
        configurer.strategies(List.of(request -> wanted(header.resolveMediaTypes(request))));
    }

    /** The types that are acceptable; the weight 0 says of one that it is not. */
    private static List<MediaType> wanted(List<MediaType> accepted)
            throws HttpMediaTypeNotAcceptableException {
        if (accepted.equals(ContentNegotiationStrategy.MEDIA_TYPE_ALL_LIST)) {
            return accepted;
        }
        List<MediaType> wanted =
                accepted.stream()
                        .filter(type -> type.getQualityValue() > 0)
                        .map(AcceptRules::withoutCharset)
                        .toList();
        if (wanted.isEmpty()) {
            throw new HttpMediaTypeNotAcceptableException("nothing is acceptable to the client");
        }
        return wanted;
    }

    private static MediaType withoutCharset(MediaType type) {
        Map<String, String> parameters = new LinkedHashMap<>(type.getParameters());
        parameters.keySet().removeIf("charset"::equalsIgnoreCase);
        return new MediaType(type, parameters);
    }
}
