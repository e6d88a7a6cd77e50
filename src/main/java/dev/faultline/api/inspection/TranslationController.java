package dev.faultline.api.inspection;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.AccessBlock;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.Op;
import dev.faultline.machine.protocol.Outcome;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.protocol.TableReference;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import java.util.List;
import java.util.Objects;

/** How an address would be translated. The access is made on a copy of the machine. */
@RestController
@Tag(name = "Looking inside")
class TranslationController {

    /** Words of a page table. */
    record TableMemoryBody(
            @Schema(description = "In the order of their addresses.")
                    List<TranslationStepsBody.ReferenceBody> words,
            @Nullable String nextCursor) {}

    @GetMapping(
            path = "/v1/machines/{machine}/translations",
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "translate",
            summary = "Show step by step what an access would do, without touching anything",
            description =
                    "Shows what an access would do, step by step: how the address "
                            + "splits, the TLB look-up, the walk with every reference to the "
                            + "table, and the check of permissions. Nothing is touched.")
    ResponseEntity<TranslationStepsBody> translate(
            Subject subject,
            @RequestParam @Min(1) int pid,
            @RequestParam Address address,
            @RequestParam(defaultValue = "read")
                    @Pattern(
                            regexp = "^(read|write|execute)$",
                            message = "must be read, write or execute")
                    String op) {
        long last = subject.spec().lastAddress();
        if (address.value() > last) {
            throw ApiException.badParameter(
                    "address",
                    "the address space ends before it; its last address is "
                            + Address.format(last));
        }
        AccessBlock block = new AccessBlock(subject.spec(), 1);
        block.add(number(op), address.value());
        return Versions.ok(
                subject.machine()
                        .tryOut(
                                subject.at(),
                                new Command.Access(pid, block, true),
                                (m, outcome) -> steps(m, pid, address.value(), outcome)));
    }

    @GetMapping(
            path = "/v1/machines/{machine}/processes/{pid}/table-memory",
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "dumpTableMemory",
            summary = "Dump the words of a process's page table, raw, where they are",
            description =
                    "Dumps the process's page table as the words that it takes in "
                            + "physical memory. Only a table that is kept in frames has them.")
    ResponseEntity<TableMemoryBody> dump(
            Subject subject,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        int number = subject.pid();
        long after = Lists.after(cursor, -1);
        return subject.show(m -> memory(m, number, after, limit));
    }

    private static TableMemoryBody memory(Machine machine, int pid, long after, int limit) {
        if (Pids.view(machine, pid).state() == ProcessState.TERMINATED) {
            throw ApiException.processExited(pid);
        }
        List<TableReference> found = machine.inspect().translation().memory(pid, after, limit + 1);
        return new TableMemoryBody(
                Lists.part(found, limit).stream()
                        .map(TranslationStepsBody.ReferenceBody::of)
                        .toList(),
                Lists.next(found, limit, word -> Objects.requireNonNull(word.address())));
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
