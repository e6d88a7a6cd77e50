package dev.faultline.api.web;

import dev.faultline.api.connections.BoundedProtocol;
import dev.faultline.api.connections.ConnectionSettings;

import org.apache.catalina.core.StandardHost;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the container must be told that has no property of Spring Boot. */
@Configuration
class TomcatRules {

    /** Bytes that the kernel takes from a client while the machine is busy with those before. */
    private static final String WAITING_BYTES = Integer.toString(1 << 22);

    @Bean
    WebServerFactoryCustomizer<TomcatServletWebServerFactory> tellTomcat(
            ConnectionSettings connections) {
        return factory -> {
            factory.setProtocol(BoundedProtocol.class.getName());
            factory.addConnectorCustomizers(
                    connector -> {
                        connector.setAllowTrace(true); // RequestHeadFilter says that it is not
                        connector.setProperty("socket.rxBufSize", WAITING_BYTES);
                        if (connector.getProtocolHandler() instanceof BoundedProtocol protocol) {
                            protocol.configure(connections, ProblemValve::headTooSlow);
                        }
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
