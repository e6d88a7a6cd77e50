package dev.faultline.hosting;

import dev.faultline.quotas.QuotaSettings;
import dev.faultline.quotas.Quotas;

import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.annotation.Bean;

import java.time.Clock;
import java.util.Map;

/** Hosts of machines with settings by their names. */
public final class Hosts {

    /** Quotas of a service whose tenants have no limits of their own. */
    public static final Quotas NO_QUOTAS =
            new Quotas(
                    new Binder(new MapConfigurationPropertySource(Map.of()))
                            .bindOrCreate("faultline.quotas", QuotaSettings.class),
                    tenant -> null);

    /** Beans that a host needs around it, for contexts that import this since they scan nothing. */
    public static class Surroundings {
        @Bean
        Clock clock() {
            return Clock.systemUTC();
        }

        @Bean
        Quotas quotas() {
            return NO_QUOTAS;
        }
    }

    private Hosts() {}

    /** A host; what is not set has its default. */
    public static MachineHost of(Map<String, ?> settings) {
        Binder binder = new Binder(new MapConfigurationPropertySource(settings));
        return new MachineHost(
                binder.bindOrCreate("faultline.hosting", HostingSettings.class),
                binder.bindOrCreate("faultline.history", HistorySettings.class),
                NO_QUOTAS,
                Clock.systemUTC());
    }
}
