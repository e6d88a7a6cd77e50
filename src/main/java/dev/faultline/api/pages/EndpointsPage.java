package dev.faultline.api.pages;

import org.springdoc.core.properties.SwaggerUiConfigParameters;
import org.springdoc.core.properties.SwaggerUiConfigProperties;
import org.springdoc.core.properties.SwaggerUiOAuthProperties;
import org.springdoc.core.providers.ObjectMapperProvider;
import org.springdoc.webmvc.ui.SwaggerIndexPageTransformer;
import org.springdoc.webmvc.ui.SwaggerWelcomeCommon;
import org.springframework.stereotype.Component;

import java.io.IOException;
import java.io.InputStream;

/** The page at {@code /docs}: Swagger UI, which is taught to show lines of JSON as they are. */
@Component
class EndpointsPage extends SwaggerIndexPageTransformer {

    private static final String PLUGINS = "plugins: [\n";

    private final String plugin = PageMaker.text("pages/lines-of-json.js");

    EndpointsPage(
            SwaggerUiConfigProperties config,
            SwaggerUiOAuthProperties oauth,
            SwaggerWelcomeCommon welcome,
            ObjectMapperProvider mapper) {
        super(config, oauth, welcome, mapper);
    }

    @Override
    protected String defaultTransformations(SwaggerUiConfigParameters config, InputStream script)
            throws IOException {
        String start = super.defaultTransformations(config, script);
        if (!start.contains(PLUGINS)) {
            throw new IllegalStateException("EndpointsPage: Swagger UI takes plugins elsewhere");
        }
        return start.replace(PLUGINS, PLUGINS + plugin);
    }
}
