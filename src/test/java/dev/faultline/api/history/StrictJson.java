package dev.faultline.api.history;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

import tools.jackson.databind.json.JsonMapper;

/** The service's own rules of JSON, without the service. */
final class StrictJson {

    private StrictJson() {}

    static JsonMapper mapper() {
        JsonMapper[] mapper = new JsonMapper[1];
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(JacksonAutoConfiguration.class))
                .withUserConfiguration(rules())
                .run(context -> mapper[0] = context.getBean(JsonMapper.class));
        return mapper[0];
    }

    private static Class<?> rules() {
        try {
            return Class.forName("dev.faultline.api.web.JsonRules");
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }
}
