package dev.faultline.api.keys;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Callers;
import dev.faultline.api.web.ProblemWriter;
import dev.faultline.api.web.Reason;
import dev.faultline.keys.KeyStore;
import dev.faultline.keys.SecuritySettings;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Role;
import dev.faultline.quotas.Quotas;

import jakarta.servlet.Filter;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
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
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.AbstractHttpConfigurer;
import org.springframework.security.config.http.SessionCreationPolicy;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.web.authentication.BearerTokenAuthenticationFilter;
import org.springframework.security.web.SecurityFilterChain;
import org.springframework.security.web.firewall.RequestRejectedHandler;
import org.springframework.security.web.firewall.StrictHttpFirewall;

import java.net.InetAddress;
import java.time.Clock;
import java.util.Locale;

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
    @EnableWebSecurity
    @Conditional(Keyed.class)
    static class WithKeys {

        @Bean
        Callers callers() {
            return WithKeys::caller;
        }

        private static Caller caller() {
            Authentication known = SecurityContextHolder.getContext().getAuthentication();
            if (known == null || !(known.getPrincipal() instanceof KnownCaller caller)) {
                throw new ApiException(Reason.UNAUTHENTICATED, "nobody is known");
            }
            return caller.caller();
        }

        @Bean
        OpaqueTokenIntrospector introspector(
                KeyStore keys, SecuritySettings settings, Clock clock) {
            return new KeyIntrospector(
                    keys, settings.areTokensOn() ? new TokenReader(settings, clock) : null);
        }

        @Bean
        SecurityFilterChain chain(HttpSecurity http, ProblemWriter problems, Quotas quotas) {
            http.csrf(AbstractHttpConfigurer::disable)
                    .logout(AbstractHttpConfigurer::disable)
                    .requestCache(AbstractHttpConfigurer::disable)
                    .sessionManagement(
                            sessions ->
                                    sessions.sessionCreationPolicy(SessionCreationPolicy.STATELESS))
                    .headers(AbstractHttpConfigurer::disable) // every answer has them anyway
                    .authorizeHttpRequests(
                            rules ->
                                    rules.requestMatchers(HttpMethod.GET, PUBLIC)
                                            .permitAll()
                                            .requestMatchers(HttpMethod.HEAD, PUBLIC)
                                            .permitAll()
                                            .requestMatchers("/actuator/prometheus")
                                            .hasAnyAuthority(
                                                    Role.ADMIN.name(), KeyIntrospector.MEASURES_ALL)
                                            .requestMatchers("/actuator", "/actuator/**")
                                            .hasAuthority(Role.ADMIN.name())
                                            .requestMatchers(HttpMethod.GET, MEASURED)
                                            .authenticated()
                                            .requestMatchers(HttpMethod.HEAD, MEASURED)
                                            .authenticated()
                                            .requestMatchers("/v1/me")
                                            .authenticated()
                                            .requestMatchers(TENANTS)
                                            .hasAuthority(Role.ADMIN.name())
                                            .requestMatchers(KEYS)
                                            .hasAnyAuthority(Role.ADMIN.name(), Role.TEACHER.name())
                                            .anyRequest()
                                            .hasAnyAuthority(
                                                    Role.ADMIN.name(),
                                                    Role.TEACHER.name(),
                                                    Role.STUDENT.name()))
                    .oauth2ResourceServer(
                            server ->
                                    server.opaqueToken(token -> {})
                                            .authenticationEntryPoint(
                                                    (request, response, e) ->
                                                            problems.write(
                                                                    request, response, unknown(e)))
                                            .accessDeniedHandler(
                                                    (request, response, e) ->
                                                            problems.write(
                                                                    request,
                                                                    response,
                                                                    forbidden())));
            http.addFilterAfter(
                    new RateFilter(quotas, problems), BearerTokenAuthenticationFilter.class);
            return http.build();
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
        @Bean
        StrictHttpFirewall firewall() {
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
            firewall.setAllowedHeaderValues(any -> true);
            firewall.setAllowedParameterNames(any -> true);
            return firewall;
        }

        @Bean
        RequestRejectedHandler rejected(ProblemWriter problems) {
            return (request, response, e) ->
                    problems.write(
                            request,
                            response,
                            new ApiException(
                                    Reason.INVALID_PATH, "the path has steps up, or empty ones"));
        }

        @Bean
        FilterRegistrationBean<Filter> registration(
                @Qualifier("springSecurityFilterChain") Filter chain) {
            FilterRegistrationBean<Filter> registration = new FilterRegistrationBean<>(chain);
            registration.setOrder(ORDER);
            return registration;
        }
    }
}
