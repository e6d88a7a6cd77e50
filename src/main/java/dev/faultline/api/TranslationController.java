package dev.faultline.api;

import dev.faultline.hosting.HostedMachine;
import dev.faultline.hosting.MachineHost;
import dev.faultline.machine.AccessBlock;
import dev.faultline.machine.Command;
import dev.faultline.machine.Machine;
import dev.faultline.machine.Op;
import dev.faultline.machine.Outcome;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** How an address would be translated. The access is made on a copy of the machine. */
@RestController
@Tag(name = "Looking inside")
class TranslationController {

    private final MachineHost host;

    TranslationController(MachineHost host) {
        this.host = host;
    }

    @GetMapping(
            path = "/v1/machines/{machine}/translations",
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "translate",
            summary = "Show step by step what an access would do, without touching anything")
    ResponseEntity<TranslationStepsBody> translate(
            @PathVariable String machine,
            @RequestParam @Min(1) int pid,
            @RequestParam Address address,
            @RequestParam(defaultValue = "read") @Pattern(regexp = "read|write|execute")
                    String op) {
        HostedMachine hosted = host.find(machine);
        long last = hosted.spec().lastAddress();
        if (address.value() > last) {
            throw ApiException.badParameter(
                    "address",
                    "the address space ends before it; its last address is "
                            + Address.format(last));
        }
        AccessBlock block = new AccessBlock(hosted.spec(), 1);
        block.add(number(op), address.value());
        return Versions.ok(
                hosted.tryOut(
                        new Command.Access(pid, block, true),
                        (m, outcome) -> steps(m, pid, address.value(), outcome)));
    }

    private static int number(String op) {
        return op.equals("read") ? Op.READ : op.equals("write") ? Op.WRITE : Op.EXECUTE;
    }

    private static TranslationStepsBody steps(
            Machine machine, int pid, long address, Outcome outcome) {
        if (!(outcome instanceof Outcome.Accessed accessed)) {
            throw Pids.impossible(outcome);
        }
        return TranslationStepsBody.of(machine, pid, address, accessed.results().getFirst());
    }
}
