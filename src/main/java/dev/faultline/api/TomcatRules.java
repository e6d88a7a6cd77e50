package dev.faultline.api;

import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the container must be told that has no property of Spring Boot. */
@Configuration
class TomcatRules {

    /**
     * Bytes that are read from a socket at once; with Tomcat's 8192, a long trace takes half as
     * long again.
     */
    private static final String READ_BYTES = Integer.toString(1 << 17);

    /** Bytes that the kernel takes from a client while the machine is busy with those before. */
    private static final String WAITING_BYTES = Integer.toString(1 << 22);

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> tellTomcat() {
        return factory -> {
            factory.addConnectorCustomizers(
                    connector -> {
                        connector.setAllowTrace(true); // RequestHeadFilter says that it is not
                        connector.setProperty("socket.appReadBufSize", READ_BYTES);
                        connector.setProperty("socket.rxBufSize", WAITING_BYTES);
                    });
            factory.addContextCustomizers(
                    context -> {
                        if (context.getParent() instanceof StandardHost host) {
                            host.setErrorReportValveClass(ProblemValve.class.getName());
                        }
                    });
        };
    }
}
