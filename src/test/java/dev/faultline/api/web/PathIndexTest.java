package dev.faultline.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.server.PathContainer;
import org.springframework.web.util.pattern.PathPatternParser;

import java.util.List;

/** The index finds every pattern that matches, and few that do not. */
class PathIndexTest {

    private static final List<String> PATTERNS =
            List.of(
                    "",
                    "/",
                    "/a",
                    "/a/",
                    "/a/b",
                    "/{x}",
                    "/{x}/",
                    "/a/{x}",
                    "/{x}/b",
                    "/{x:[0-9]+}/b",
                    "/a*/b",
                    "/a/?/c",
                    "/a/*/c",
                    "/a/{x}-{y}/c",
                    "/a/b/**",
                    "/a/{*rest}",
                    "/a/{x}/c/{y}");

    private static final PathPatternParser SPRING = new PathPatternParser();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "//",
                "/a",
                "/a/",
                "//a",
                "/b",
                "/a/b",
                "/a//b",
                "/a/b/",
                "/%61/b",
                "/1/b",
                "/ab/b",
                "/a/b/c",
                "/a/x-y/c",
                "/a/b/c/d",
                "/a/b/c/d/e",
                "/a/b/c//",
                "/a;k=v/b",
                "/A/b",
                "*",
                "/a/x/c/y",
                "/a/x/c/"
            })
    void everyPatternThatMatchesIsFound(String text) {
        PathIndex<String> index = new PathIndex<>();
        PATTERNS.forEach(pattern -> index.add(pattern, pattern));
        PathContainer path = PathContainer.parsePath(text);
        List<String> matching =
                PATTERNS.stream().filter(each -> SPRING.parse(each).matches(path)).toList();
        assertThat(index.find(path)).containsAll(matching).doesNotHaveDuplicates();
    }

    @Test
    void otherEndpointsAreNotLookedAt() {
        PathIndex<String> index = new PathIndex<>();
        for (int i = 0; i < 1000; i++) {
            index.add("/machines/{machine}/part" + i, "part" + i);
            index.add("/machines/{machine}/processes/{pid}/part" + i, "of a process" + i);
        }
        assertThat(index.find(PathContainer.parsePath("/machines/m/part7")))
                .containsExactly("part7");
        assertThat(index.find(PathContainer.parsePath("/machines/m/processes/1/part7")))
                .containsExactly("of a process7");
        assertThat(index.find(PathContainer.parsePath("/machines/m/nothing"))).isEmpty();
    }
}
