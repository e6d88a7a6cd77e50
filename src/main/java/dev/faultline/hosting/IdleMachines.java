package dev.faultline.hosting;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Ends machines that nobody has changed for as long as they may be idle. */
@Configuration
@EnableScheduling
class IdleMachines {

    private static final Logger LOG = LoggerFactory.getLogger(IdleMachines.class);

    private final MachineHost host;

    IdleMachines(MachineHost host) {
        this.host = host;
    }

    @Scheduled(fixedDelay = 500)
    void endThem() {
        host.expired().forEach(this::end);
    }

    /** Ends a machine, unless it is changed just now. */
    private void end(HostedMachine idle) {
        try {
            long version = idle.read(machine -> true).version();
            if (idle.isExpired()) {
                host.delete(idle, now -> now == version);
                LOG.info("machine {} of {} has ended: it was idle", idle.id(), idle.owner());
            }
        } catch (HostingException e) {
            LOG.debug("machine {} is not idle, or gone", idle.id(), e);
        }
    }
}
