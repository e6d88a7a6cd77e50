package dev.faultline;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Bean;

import java.time.Clock;

/** Starts the service. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class FaultlineApplication {

    /** What time it is. */
    @Bean
    Clock clock() {
        return Clock.systemUTC();
    }

    /** Starts the service; the arguments are Spring Boot's, such as {@code --server.port=8081}. */
    public static void main(String[] args) {
        Thread.setDefaultUncaughtExceptionHandler(new HaltWhenOutOfMemory());
        SpringApplication.run(FaultlineApplication.class, args);
    }
}
