package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.machine.Blocks;
import dev.faultline.machine.protocol.AccessBlock;

import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

class TraceFormatTest {

    @ParameterizedTest
    @EnumSource
    void isFoundByItsMediaType(TraceFormat format) {
        assertThat(TraceFormat.ofMediaType(format.mediaType())).isEqualTo(format);
        assertThat(
                        TraceFormat.ofMediaType(
                                " "
                                        + format.mediaType().toUpperCase(Locale.ROOT)
                                        + " ; charset=UTF-8"))
                .isEqualTo(format);
    }

    /** The table says of each format what it keeps. */
    @ParameterizedTest
    @EnumSource
    void isInTheTableOfTheDocs(TraceFormat format) throws IOException {
        assertThat(Files.readAllLines(Path.of("docs/traces.md")))
                .filteredOn(row -> row.startsWith("| `" + format.mediaType() + "` | "))
                .singleElement(InstanceOfAssertFactories.STRING)
                .endsWith(" | " + format.keeps() + " |");
    }

    @Test
    void otherMediaTypesHaveNoFormat() {
        assertThat(TraceFormat.ofMediaType("text/plain")).isNull();
        assertThat(TraceFormat.ofMediaType("")).isNull();
        assertThat(TraceFormat.ofMediaType("application/json-patch+json")).isNull();
    }

    @ParameterizedTest
    @EnumSource(
            mode = EnumSource.Mode.EXCLUDE,
            names = {"NDJSON", "NYU_MMU"})
    void onlyTwoNameProcesses(TraceFormat format) {
        assertThat(format.namesProcesses()).isFalse();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> format.open(InputStream.nullInputStream(), Played.SMALL, true));
    }

    @Test
    void troubleComesAfterWhatWasReadAndStays() throws IOException {
        byte[] text = "0 1\n0 2\nbad\n0 3\n".getBytes(UTF_8);
        TraceReader reader = TraceFormat.DINERO.open(new ByteArrayInputStream(text), Played.SMALL);
        AccessBlock block = new AccessBlock(Played.SMALL, 10);
        assertThat(reader.read(block)).isTrue();
        assertThat(Blocks.show(block)).containsExactly("read 0x1", "read 0x2");
        block.clear();
        for (int i = 0; i < 2; i++) {
            assertThatIOException()
                    .isThrownBy(() -> reader.read(block))
                    .isInstanceOf(TraceException.class)
                    .withMessageStartingWith("line 3: expected a label");
            assertThat(block.count()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NYU_MMU")
    void aFailingStreamPassesThrough(TraceFormat format) {
        byte[] trace = Samples.of(format);
        InputStream dead = new Played.Dripping(trace, trace.length / 2);
        Played played =
                Played.play(format.open(dead, Played.SMALL), new AccessBlock(Played.SMALL, 100));
        assertThat(played.trouble())
                .isExactlyInstanceOf(IOException.class)
                .hasMessage("the line is dead");
        assertThat(played.accesses()).isNotEmpty();
    }
}
