package dev.faultline.telemetry;

import dev.faultline.machine.Machine;

import org.springframework.boot.actuate.info.Info;
import org.springframework.boot.actuate.info.InfoContributor;
import org.springframework.stereotype.Component;

/** Says by which rules machines obey: exports of machines name them too. */
@Component
class EngineInfo implements InfoContributor {

    @Override
    public void contribute(Info.Builder info) {
        info.withDetail("engine", Machine.ENGINE);
    }
}
