package dev.faultline.testing;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;

import java.lang.reflect.Method;

/** Prints the command that plays a failed seed again. */
final class ReplayCommand implements InvocationInterceptor {

    @Override
    public void interceptTestTemplateMethod(
            Invocation<Void> invocation,
            ReflectiveInvocationContext<Method> call,
            ExtensionContext context)
            throws Throwable {
        try {
            invocation.proceed();
        } catch (Throwable failure) {
            System.out.printf(
                    "%s failed. Play it again: ./mvnw test -Dtest=%s#%s -Dfaultline.seed=%s%n",
                    context.getDisplayName(),
                    call.getTargetClass().getSimpleName(),
                    call.getExecutable().getName(),
                    call.getArguments().getLast());
            throw failure;
        }
    }
}
