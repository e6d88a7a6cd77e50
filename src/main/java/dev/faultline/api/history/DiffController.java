package dev.faultline.api.history;

import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Lists;
import dev.faultline.api.web.PresentOnly;
import dev.faultline.api.web.Subject;
import dev.faultline.api.web.Versions;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Counters;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** What differs between two versions of a machine. */
@RestController
@Tag(name = "History")
class DiffController {

    /** A value that differs; null stands for what is not there. */
    record ChangeBody(
            @Schema(description = "Where the value is shown, as a JSON pointer.") String pointer,
            @Schema(description = "What it was.") @Nullable Object from,
            @Schema(description = "What it became.") @Nullable Object to) {}

    /** What differs between two versions. */
    record DiffBody(
            @Schema(description = "The version that the changes begin at.") long from,
            @Schema(description = "The version that they lead to.") long to,
            @Schema(description = "What differs, in order.") List<ChangeBody> changes,
            Counters counters,
            @Nullable String nextCursor) {}

    private final JsonMapper mapper;

    DiffController(JsonMapper mapper) {
        this.mapper = mapper;
    }

    @PresentOnly
    @GetMapping(path = "/v1/machines/{machine}/diff", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "diffVersions",
            summary = "Show what differs between two versions",
            description =
                    "Shows each value that differs between two versions, by its JSON pointer:"
                            + " `/frames/{frame}`, `/processes/{pid}`, `/pages/{pid}/{page}`,"
                            + " `/tlb/{cpu}/{set}/{way}` (with several TLBs the name of the TLB"
                            + " comes after the processor), `/swap/{slot}` and `/files/{name}`,"
                            + " which shows a hash in place of bytes. `counters` is the change of"
                            + " the machine's counters.")
    ResponseEntity<DiffBody> diff(
            Subject subject,
            @RequestParam @Min(1) long from,
            @RequestParam @Min(1) long to,
            @RequestParam(defaultValue = "1000") @Min(1) @Max(Lists.MAX_ROWS) int limit,
            @RequestParam(required = false) @Nullable String cursor) {
        if (from > to) {
            throw ApiException.badParameter("from", "must not be after to");
        }
        long after = Lists.after(cursor, 0);
        return Versions.ok(
                subject.machine()
                        .readBoth(
                                from,
                                to,
                                (before, now) -> diff(from, to, before, now, after, limit)));
    }

    private DiffBody diff(long from, long to, Machine before, Machine now, long after, int limit) {
        List<ChangeBody> changes = new ArrayList<>();
        Things old = new Things(before);
        Things young = new Things(now);
        while (changes.size() <= after + limit && (old.hasNext() || young.hasNext())) {
            int order =
                    !young.hasNext()
                            ? -1
                            : !old.hasNext()
                                    ? 1
                                    : Things.Thing.ORDER.compare(old.peek(), young.peek());
            if (order < 0) {
                Things.Thing gone = old.next();
                changes.add(new ChangeBody(gone.pointer(), gone.shown(), null));
            } else if (order > 0) {
                Things.Thing fresh = young.next();
                changes.add(new ChangeBody(fresh.pointer(), null, fresh.shown()));
            } else {
                compare(old.next(), young.next(), changes);
            }
        }
        int first = (int) Math.min(after, changes.size());
        int last = (int) Math.min(after + limit, changes.size());
        return new DiffBody(
                from,
                to,
                List.copyOf(changes.subList(first, last)),
                now.counters().minus(before.counters()),
                last < changes.size() ? Lists.cursor(last) : null);
    }

    private void compare(Things.Thing old, Things.Thing young, List<ChangeBody> changes) {
        if (!old.view().equals(young.view())) {
            compare(
                    old.pointer(),
                    mapper.valueToTree(old.shown()),
                    mapper.valueToTree(young.shown()),
                    changes);
        }
    }

    /** Objects are compared field by field; anything else is a value, lists included. */
    private static void compare(
            String pointer, JsonNode old, JsonNode young, List<ChangeBody> changes) {
        if (old.isObject() && young.isObject()) {
            TreeSet<String> names = new TreeSet<>(old.propertyNames());
            names.addAll(young.propertyNames());
            for (String name : names) {
                compare(pointer + "/" + name, old.path(name), young.path(name), changes);
            }
        } else if (!old.equals(young)) {
            changes.add(new ChangeBody(pointer, old, young));
        }
    }
}
