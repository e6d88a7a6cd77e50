package dev.faultline.api.keys;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.ProblemAdvice;
import dev.faultline.api.web.ProblemWriter;
import dev.faultline.hosting.HostingException;
import dev.faultline.owners.Caller;
import dev.faultline.owners.Owner;
import dev.faultline.owners.Role;
import dev.faultline.quotas.Quota;
import dev.faultline.quotas.Quotas;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;
import java.time.Duration;
import java.util.Set;

/**
 * Lets in no more requests of an owner than it may send, and none that is to change something while
 * its account of accesses is empty. Every answer says how many requests are left
 * (draft-ietf-httpapi-ratelimit-headers). What measures is not counted.
 */
final class RateFilter extends OncePerRequestFilter {

    private static final Set<String> WORKING =
            Set.of(HttpMethod.POST.name(), HttpMethod.PUT.name(), HttpMethod.PATCH.name());

    private final Quotas quotas;
    private final ProblemWriter problems;

    RateFilter(Quotas quotas, ProblemWriter problems) {
        this.quotas = quotas;
        this.problems = problems;
    }

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Owner owner = counted();
        HostingException refusal = null;
        Duration untilNext = Duration.ZERO;
        if (owner != null) {
            Quotas.Turn turn = quotas.take(owner, Quota.REQUESTS_PER_MINUTE);
            if (turn != null) {
                tell(turn, response);
                refusal = refusal(turn, Quota.REQUESTS_PER_MINUTE);
                untilNext = turn.untilNext();
            }
            if (refusal == null && WORKING.contains(request.getMethod())) {
                Quotas.Turn work = quotas.look(owner, Quota.ACCESSES_PER_MINUTE);
                refusal = work == null ? null : refusal(work, Quota.ACCESSES_PER_MINUTE);
                untilNext = work == null ? untilNext : work.untilNext();
            }
        }
        if (refusal == null) {
            chain.doFilter(request, response);
        } else {
            problems.write(request, response, problem(refusal, untilNext));
        }
    }

    /** Whose account the request goes to, or null if it goes to none. */
    private static @Nullable Owner counted() {
        Authentication known = SecurityContextHolder.getContext().getAuthentication();
        if (!(known instanceof KnownCaller caller)) {
            return null;
        }
        Caller who = caller.caller();
        return who.role() == Role.METRICS ? null : who.owner();
    }

    private static void tell(Quotas.Turn turn, HttpServletResponse response) {
        long period = Quota.REQUESTS_PER_MINUTE.period().toSeconds();
        response.setHeader("RateLimit-Policy", "\"requests\";q=" + turn.limit() + ";w=" + period);
        response.setHeader("RateLimit", "\"requests\";r=" + turn.left() + ";t=" + up(turn.reset()));
    }

    private static @Nullable HostingException refusal(Quotas.Turn turn, Quota quota) {
        return turn.granted() ? null : HostingException.over(quota, turn.limit(), turn.used());
    }

    private static ApiException problem(HostingException refusal, Duration untilNext) {
        return ProblemAdvice.of(refusal)
                .withHeader(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, up(untilNext))));
    }

    /** Whole seconds, rounded up. */
    private static long up(Duration time) {
        return time.plusSeconds(1).minusNanos(1).toSeconds();
    }
}
