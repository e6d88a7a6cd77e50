package dev.faultline.api.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

import java.io.IOException;

/**
 * Hands an {@link OutOfMemoryError} to the handler of uncaught exceptions. Without it, Spring and
 * Tomcat would make a 500 of it and go on, with whatever the error has left behind.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
class OutOfMemoryFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(
            HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            chain.doFilter(request, response);
        } catch (ServletException e) {
            for (Throwable cause = e; cause != null; cause = cause.getCause()) {
                if (cause instanceof OutOfMemoryError error) {
                    handOver(error);
                }
            }
            throw e;
        } catch (OutOfMemoryError e) {
            handOver(e);
            throw e;
        }
    }

    private static void handOver(OutOfMemoryError error) {
        Thread thread = Thread.currentThread();
        thread.getUncaughtExceptionHandler().uncaughtException(thread, error);
    }
}
