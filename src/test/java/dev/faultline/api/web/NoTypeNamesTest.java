package dev.faultline.api.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.json.JsonMapper;

/** The mapper that reads bodies makes no object of a class that a body names. */
class NoTypeNamesTest {

    @Test
    void aClassInABodyIsAFieldLikeAnyOther() {
        JsonMapper.Builder builder = JsonMapper.builder();
        new JsonRules().strictJson().customize(builder);
        JsonMapper mapper = builder.build();
        MapperConfig<?> config = mapper.deserializationConfig();
        assertThat(config.getDefaultTyper(mapper.constructType(Object.class))).isNull();
        Object read = mapper.readValue("[\"java.io.File\", \"/etc/passwd\"]", Object.class);
        assertThat(read).isInstanceOf(java.util.List.class);
    }
}
