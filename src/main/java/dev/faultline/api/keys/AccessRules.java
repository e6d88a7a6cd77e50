package dev.faultline.api.keys;

import static org.springframework.http.HttpMethod.GET;
import static org.springframework.http.HttpMethod.HEAD;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Callers;
import dev.faultline.api.web.ProblemWriter;
import dev.faultline.api.web.Reason;
import dev.faultline.keys.KeyStore;
import dev.faultline.keys.SecuritySettings;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Role;
import dev.faultline.quotas.Quotas;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.web.server.ConfigurableWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.authorization.AuthorizationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.DefaultSecurityFilterChain;
import org.springframework.security.web.FilterChainProxy;
import org.springframework.security.web.access.ExceptionTranslationFilter;
import org.springframework.security.web.access.intercept.AuthorizationFilter;
import org.springframework.security.web.access.intercept.RequestMatcherDelegatingAuthorizationManager;
import org.springframework.security.web.context.NullSecurityContextRepository;
import org.springframework.security.web.firewall.StrictHttpFirewall;
import org.springframework.security.web.savedrequest.NullRequestCache;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.AnyRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.ServletRequestPathFilter;

import java.net.InetAddress;
import java.time.Clock;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * Says what each role may do, where there are keys; where there are none, everybody is {@link
 * Caller#LOCAL}. What no rule names is for students, teachers and admins.
 */
@Configuration
class AccessRules {

    private static final Logger LOG = LoggerFactory.getLogger(AccessRules.class);

    /** After the filters that judge how a request is written, before those that read bodies. */
    private static final int ORDER = 4;

    /** What anybody reads. */
    private static final String[] PUBLIC = {
        "/",
        "/index.html",
        "/guide/**",
        "/docs/**",
        "/swagger-ui/**",
        "/swagger-ui.html",
        "/v3/api-docs/**",
        "/v3/api-docs.yaml",
        "/problems/**",
        "/v1/presets",
        "/v1/schemas/*",
        "/actuator/health/**",
        "/actuator/info"
    };

    /** What is measured of the machines that a caller sees. */
    private static final String[] MEASURED = {
        "/v1/targets", "/v1/machines/*/metrics", "/v1/machines/*/counters"
    };

    private static final String[] KEYS = {"/v1/keys", "/v1/keys/**"};

    private static final String[] TENANTS = {"/v1/tenants", "/v1/tenants/**"};

    @Configuration
    @Conditional(Open.class)
    static class WithoutKeys {

        @Bean
        Callers everybody() {
            LOG.warn(
                    "This service is open: everybody who reaches it may do everything. Set"
                            + " FAULTLINE_ADMIN_KEY to give out keys.");
            return () -> Caller.LOCAL;
        }

        /** Nobody else's computer reaches what is open, unless that is meant. */
        @Bean
        WebServerFactoryCustomizer<ConfigurableWebServerFactory> loopback(
                SecuritySettings settings, Environment environment) {
            return factory -> {
                if (!settings.open() && !environment.containsProperty("server.address")) {
                    factory.setAddress(InetAddress.getLoopbackAddress());
                }
            };
        }
    }

    /** Whether there are no keys. */
    static final class Open implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !Binder.get(context.getEnvironment())
                    .bindOrCreate("faultline.security", SecuritySettings.class)
                    .areKeysOn();
        }
    }

    /** Whether there are keys. */
    static final class Keyed implements Condition {
        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !new Open().matches(context, metadata);
        }
    }

    @Configuration
    @Conditional(Keyed.class)
    static class WithKeys {

        @Bean
        Callers callers() {
            return WithKeys::caller;
        }

        private static Caller caller() {
            Authentication known = SecurityContextHolder.getContext().getAuthentication();
            if (!(known instanceof KnownCaller caller)) {
                throw new ApiException(Reason.UNAUTHENTICATED, "nobody is known");
            }
            return caller.caller();
        }

        /** The filters that a request needs, and no more: each of them is paid by every access. */
        @Bean
        FilterChainProxy chain(
                KeyStore keys,
                SecuritySettings settings,
                Clock clock,
                ProblemWriter problems,
                Quotas quotas) {
            AuthenticationEntryPoint unknown =
                    (request, response, e) -> problems.write(request, response, unknown(e));
            BearerTokenAuthenticationFilter known =
                    new BearerTokenAuthenticationFilter(
                            new KeyAuthentication(
                                    keys,
                                    settings.areTokensOn()
                                            ? new TokenReader(settings, clock)
                                            : null));
            known.setAuthenticationEntryPoint(unknown);
            known.setSecurityContextRepository(new NullSecurityContextRepository());
            ExceptionTranslationFilter refusals =
                    new ExceptionTranslationFilter(unknown, new NullRequestCache());
            refusals.setAccessDeniedHandler(
                    (request, response, e) -> problems.write(request, response, forbidden()));
            FilterChainProxy chain =
                    new FilterChainProxy(
                            new DefaultSecurityFilterChain(
                                    AnyRequestMatcher.INSTANCE,
                                    new ServletRequestPathFilter(), // else each rule parses it
                                    known,
                                    new RateFilter(quotas, problems),
                                    refusals,
                                    new AuthorizationFilter(rules())));
            chain.setFirewall(firewall());
            chain.setRequestRejectedHandler(
                    (request, response, e) ->
                            problems.write(
                                    request,
                                    response,
                                    new ApiException(
                                            Reason.INVALID_PATH,
                                            "the path has steps up, or empty ones")));
            return chain;
        }

        private static AuthorizationManager<HttpServletRequest> rules() {
            return RequestMatcherDelegatingAuthorizationManager.builder()
                    .requestMatchers(any(GET, PUBLIC))
                    .permitAll()
                    .requestMatchers(any(HEAD, PUBLIC))
                    .permitAll()
                    .requestMatchers(any(null, "/actuator/prometheus"))
                    .hasAnyAuthority(Role.ADMIN.name(), KnownCaller.MEASURES_ALL)
                    .requestMatchers(any(null, "/actuator", "/actuator/**"))
                    .hasAuthority(Role.ADMIN.name())
                    .requestMatchers(any(GET, MEASURED))
                    .authenticated()
                    .requestMatchers(any(HEAD, MEASURED))
                    .authenticated()
                    .requestMatchers(any(null, "/v1/me"))
                    .authenticated()
                    .requestMatchers(any(null, TENANTS))
                    .hasAuthority(Role.ADMIN.name())
                    .requestMatchers(any(null, KEYS))
                    .hasAnyAuthority(Role.ADMIN.name(), Role.TEACHER.name())
                    .anyRequest()
                    .hasAnyAuthority(Role.ADMIN.name(), Role.TEACHER.name(), Role.STUDENT.name())
                    .build();
        }

        /**
         * Matchers of paths.
         *
         * @param method null for every method
         */
        private static RequestMatcher[] any(@Nullable HttpMethod method, String... paths) {
            return Stream.of(paths)
                    .map(path -> PathPatternRequestMatcher.withDefaults().matcher(method, path))
                    .toArray(RequestMatcher[]::new);
        }

        private static ApiException unknown(AuthenticationException e) {
            return switch (e) {
                case TokenRefused token -> token.problem();
                case OAuth2AuthenticationException given ->
                        unknown(
                                "the key is not known, or it is over",
                                "Bearer error=\"invalid_token\"");
                default ->
                        unknown("this needs a key: Authorization: Bearer and its secret", "Bearer");
            };
        }

        private static ApiException unknown(String why, String challenge) {
            return new ApiException(Reason.UNAUTHENTICATED, why)
                    .withHeader(HttpHeaders.WWW_AUTHENTICATE, challenge);
        }

        private static ApiException forbidden() {
            String role = caller().role().name().toLowerCase(Locale.ROOT);
            return new ApiException(Reason.ROLE_FORBIDDEN, "no " + role + " key may do this");
        }

        /** What is odd in a request has been judged before: this one need not know of it. */
        private static StrictHttpFirewall firewall() {
            StrictHttpFirewall firewall = new StrictHttpFirewall();
            firewall.setUnsafeAllowAnyHttpMethod(true);
            firewall.setAllowUrlEncodedPercent(true);
            firewall.setAllowUrlEncodedSlash(true);
            firewall.setAllowUrlEncodedDoubleSlash(true);
            firewall.setAllowUrlEncodedPeriod(true);
            firewall.setAllowBackSlash(true);
            firewall.setAllowSemicolon(true);
            firewall.setAllowNull(true);
            firewall.setAllowUrlEncodedCarriageReturn(true);
            firewall.setAllowUrlEncodedLineFeed(true);
            firewall.setAllowUrlEncodedLineSeparator(true);
            firewall.setAllowUrlEncodedParagraphSeparator(true);
            firewall.setAllowedHeaderNames(any -> true);
            firewall.setAllowedHeaderValues(any -> true);
            firewall.setAllowedParameterNames(any -> true);
            return firewall;
        }

        @Bean
        FilterRegistrationBean<FilterChainProxy> registration(FilterChainProxy chain) {
            FilterRegistrationBean<FilterChainProxy> registration =
                    new FilterRegistrationBean<>(chain);
            registration.setOrder(ORDER);
            return registration;
        }
    }
}
