package dev.faultline.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.faultline.machine.Blocks;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Op;
import dev.faultline.trace.AccessJson.BadAccessException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import tools.jackson.core.JsonParser;

import java.io.ByteArrayInputStream;

/** The grammar is tested with {@link NdjsonReaderTest}; here is what a batch needs of it. */
class AccessJsonTest {

    private final AccessBlock block = new AccessBlock(Played.SMALL, 4);
    private final AccessJson access = new AccessJson(false, true);

    @Test
    void readsOneAfterAnotherInAnArray() {
        JsonParser parser =
                parser(
                        "[{\"op\":\"write\",\"address\":14,\"size\":4,\"value\":67305985},"
                                + "{\"op\":\"read\",\"address\":\"0x20\",\"size\":8}]");
        parser.nextToken();
        parser.nextToken();
        assertThat(access.read(parser, block)).isEqualTo(2);
        assertThat(access.op()).isEqualTo(Op.WRITE);
        assertThat(access.address()).isEqualTo(14);
        assertThat(access.size()).isEqualTo(4);
        assertThat(access.hasValue()).isTrue();
        assertThat(access.value()).isEqualTo(0x04030201);
        parser.nextToken();
        assertThat(access.read(parser, block)).isEqualTo(1);
        assertThat(access.op()).isEqualTo(Op.READ);
        assertThat(access.size()).isEqualTo(8);
        assertThat(access.hasValue()).isFalse();
        assertThat(access.value()).isZero();
        assertThat(access.pid()).isZero();
        assertThat(Blocks.show(block))
                .containsExactly(
                        "write 0xe size 2 value 67305985",
                        "write 0x10 size 2 value 1027",
                        "read 0x20 size 8");
    }

    @Test
    void remembersTheProcess() {
        AccessJson named = new AccessJson(true, false);
        JsonParser parser = parser("{\"op\":\"execute\",\"address\":1,\"size\":2,\"pid\":3}");
        parser.nextToken();
        assertThat(named.read(parser, block)).isEqualTo(1);
        assertThat(named.pid()).isEqualTo(3);
        assertThat(Blocks.show(block)).containsExactly("execute 0x1 pid 3");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            nullValues = "null",
            value = {
                "4|null",
                "{}|op",
                "{\"op\":\"read\"}|address",
                "{\"op\":\"read\",\"address\":70000}|address",
                "{\"op\":\"read\",\"address\":1,\"size\":5}|size",
                "{\"op\":\"read\",\"address\":1,\"value\":5}|value",
                "{\"op\":\"write\",\"address\":1,\"value\":500}|value",
                "{\"op\":\"read\",\"address\":1,\"pid\":5}|pid",
                "{\"op\":\"read\",\"address\":1,\"adress\":5}|adress",
                "{\"op\":\"tick\",\"address\":0}|address",
                "{\"op\":\"tick\",\"value\":0}|value",
            })
    void namesThePropertyAtFault(String json, String property) {
        JsonParser parser = parser(json);
        parser.nextToken();
        BadAccessException bad =
                catchThrowableOfType(BadAccessException.class, () -> access.read(parser, block));
        assertThat(bad.property()).isEqualTo(property);
        assertThat(block.count()).isZero();
    }

    private static JsonParser parser(String json) {
        return AccessJson.parser(new ByteArrayInputStream(json.getBytes(UTF_8)));
    }
}
