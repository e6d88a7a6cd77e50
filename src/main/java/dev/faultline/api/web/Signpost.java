package dev.faultline.api.web;

import org.springframework.stereotype.Component;

import java.util.stream.Stream;

/** Says where to look when there is nothing at a path. */
@Component
class Signpost {

    private static final String API = "/v1";

    private final AllowedMethods methods;

    Signpost(AllowedMethods methods) {
        this.methods = methods;
    }

    /** What a problem document tells of a path where nothing is. */
    String detail(String path) {
        String bare = path.replaceFirst("/+$", "");
        return Stream.of(bare, API + bare)
                .filter(meant -> meant.startsWith(API + "/") && !meant.equals(path))
                .filter(meant -> !methods.at(meant).isEmpty())
                .findFirst()
                .map(meant -> "there is nothing at this path; did you mean " + shown(meant) + "?")
                .orElse("there is nothing at this path; /docs lists all that there is");
    }

    private static String shown(String path) {
        return Problems.instance(path).toString();
    }
}
