package dev.faultline.testing;

import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.AnnotationBasedArgumentsProvider;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.support.ParameterDeclarations;
import org.junit.platform.commons.support.ReflectionSupport;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** The seeds of a run, and the arguments of the tests that ask for {@link Seeds}. */
public final class SeedSource extends AnnotationBasedArgumentsProvider<Seeds> {

    private static final String ONE = "faultline.seed";
    private static final String COUNT = "faultline.seeds";

    /** The same for all tests of a run, and larger than any fixed seed. */
    private static final long DRAWN = new SplittableRandom().nextInt(1 << 20, 1 << 30);

    static {
        if (!isOneAskedFor()) {
            System.out.println("The random seed of this run: -D" + ONE + "=" + DRAWN);
        }
    }

    /** Whether a single seed is to be played. */
    public static boolean isOneAskedFor() {
        return Long.getLong(ONE) != null;
    }

    /** The fixed seeds and the random one of this run, or the one that was asked for. */
    public static LongStream seeds(long fixed) {
        Long one = Long.getLong(ONE);
        return one != null
                ? LongStream.of(one)
                : LongStream.concat(
                        LongStream.range(0, Long.getLong(COUNT, fixed)), LongStream.of(DRAWN));
    }

    @Override
    protected Stream<? extends Arguments> provideArguments(
            ParameterDeclarations parameters, ExtensionContext context, Seeds seeds) {
        return cases(context.getRequiredTestClass(), seeds)
                .flatMap(first -> seeds(seeds.value()).mapToObj(seed -> with(first, seed)));
    }

    private static Stream<Object[]> cases(Class<?> testClass, Seeds seeds) {
        if (!seeds.of().isEmpty()) {
            Method method = ReflectionSupport.findMethod(testClass, seeds.of()).orElseThrow();
            Object values = Objects.requireNonNull(ReflectionSupport.invokeMethod(method, null));
            Stream<?> all =
                    values instanceof Collection<?> list ? list.stream() : (Stream<?>) values;
            return all.map(
                    each -> each instanceof Arguments many ? many.get() : new Object[] {each});
        }
        List<Object> values =
                seeds.ints().length > 0
                        ? Arrays.stream(seeds.ints()).<Object>mapToObj(each -> each).toList()
                        : List.of((Object[]) seeds.strings());
        return values.isEmpty()
                ? Stream.<Object[]>of(new Object[][] {{}})
                : values.stream().map(each -> new Object[] {each});
    }

    private static Arguments with(Object[] first, long seed) {
        Object[] all = Arrays.copyOf(first, first.length + 1);
        all[first.length] = Named.of("seed " + seed, seed);
        return Arguments.of(all);
    }
}
