package dev.faultline.api.keys;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Reason;

import org.springframework.http.HttpHeaders;
import org.springframework.security.core.AuthenticationException;

/** A provider's token that lets nobody in, or that cannot be judged at present. */
final class TokenRefused extends AuthenticationException {

    private static final long serialVersionUID = 1;

    /** After which the provider is asked again. */
    static final int RETRY_SECONDS = 5;

    private final ApiException problem;

    private TokenRefused(ApiException problem) {
        super(problem.getMessage());
        this.problem = problem;
    }

    /** A token that will never do. */
    static TokenRefused bad(String why) {
        String quotable = why.replaceAll("[^ !#-\\[\\]-~]", "'"); // RFC 6750, 3
        return new TokenRefused(
                new ApiException(Reason.UNAUTHENTICATED, "the token is not taken: " + why)
                        .withHeader(
                                HttpHeaders.WWW_AUTHENTICATE,
                                "Bearer error=\"invalid_token\", error_description=\""
                                        + quotable
                                        + "\""));
    }

    /** A token whose signature cannot be checked, as the provider does not give its keys. */
    static TokenRefused notJudged() {
        return new TokenRefused(
                new ApiException(
                                Reason.ISSUER_UNAVAILABLE,
                                "the OpenID provider does not give the keys that check this token")
                        .withHeader(HttpHeaders.RETRY_AFTER, Integer.toString(RETRY_SECONDS)));
    }

    /** The answer. */
    ApiException problem() {
        return problem;
    }
}
