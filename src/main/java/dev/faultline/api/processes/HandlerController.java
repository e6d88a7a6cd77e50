package dev.faultline.api.processes;

import dev.faultline.api.memory.AreaRequest;
import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.RefusalBody;
import dev.faultline.api.web.Subject;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.Protection;
import dev.faultline.machine.protocol.UserHandler;
import dev.faultline.machine.protocol.UserHandler.Place;
import dev.faultline.machine.spec.MachineSpec;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;

import jakarta.validation.Valid;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;

import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/** The handlers by which processes mend their own faults. */
@RestController
@RequestMapping(
        path = "/v1/machines/{machine}/processes/{pid}/handler",
        produces = MediaType.APPLICATION_JSON_VALUE)
@Tag(name = "Processes")
class HandlerController {

    private static final String PLACE =
            "^(?:fault(?:([+-])(0x[0-9a-f]{1,15}))?|0x[0-7]?[0-9a-fA-F]{1,15})$";
    private static final java.util.regex.Pattern PLACES = java.util.regex.Pattern.compile(PLACE);
    private static final String PLACE_RULE =
            "must be an address such as 0x4000, or fault, fault+0x1000 or fault-0x1000";

    /** A handler: what is done at a fault, in order, before the access runs again. */
    record HandlerRequest(
            @NotNull(message = "is required")
                    @Size(
                            min = 1,
                            max = UserHandler.MAX_ACTIONS,
                            message = "must have 1 to 16 commands")
                    List<@Valid @NotNull(message = "must not be null") ActionRequest> commands) {}

    /** One command of a handler. */
    record ActionRequest(
            @Schema(allowableValues = {"protect", "unprotect", "map", "unmap", "copy"})
                    @NotNull(message = "is required")
                    String command,
            @Schema(
                            description =
                                    "Where: an address, or fault (the page of the fault), fault+0x…"
                                            + " or fault-0x…; for all but copy. fault if left out.",
                            example = "fault+0x10000")
                    @Pattern(regexp = PLACE, message = PLACE_RULE)
                    @Nullable String at,
            @Schema(description = "For copy.") @Pattern(regexp = PLACE, message = PLACE_RULE)
                    @Nullable String from,
            @Schema(description = "For copy.") @Pattern(regexp = PLACE, message = PLACE_RULE)
                    @Nullable String to,
            @Schema(description = "Bytes; a page if left out.")
                    @Min(value = 1, message = "must be at least 1")
                    @Nullable Long length,
            @Schema(description = "For protect and map; unprotect gives rw- if left out.")
                    @Pattern(
                            regexp = AreaRequest.PROTECTION,
                            message = "must be rwx, with - for what is not allowed")
                    @Nullable String protection,
            @Schema(description = "For map: the shared memory; anonymous if left out.")
                    @Pattern(regexp = AreaRequest.NAME, message = "must match " + AreaRequest.NAME)
                    @Nullable String name) {

        UserHandler.Action action(String pointer, MachineSpec spec) {
            long bytes = length == null ? spec.pageSize() : length;
            AreaRequest.checkInside(pointer + "/length", 0, bytes, spec);
            boolean copies = command.equals("copy");
            allowed(pointer + "/from", from, copies);
            allowed(pointer + "/to", to, copies);
            allowed(pointer + "/at", at, !copies);
            boolean maps = command.equals("map");
            allowed(pointer + "/name", name, maps);
            boolean protects = command.endsWith("protect") || maps;
            allowed(pointer + "/protection", protection, protects);
            return switch (command) {
                case "protect" ->
                        new UserHandler.Protect(
                                place(at), bytes, protection(pointer + "/protection", null));
                case "unprotect" ->
                        new UserHandler.Protect(
                                place(at), bytes, protection(pointer + "/protection", "rw-"));
                case "map" -> {
                    AreaRequest area =
                            new AreaRequest(
                                    null,
                                    bytes,
                                    protection == null ? "rw-" : protection,
                                    name == null ? null : "shared-memory",
                                    null,
                                    null,
                                    null,
                                    name,
                                    null);
                    MemoryArea made = area.area(pointer, 0, spec);
                    yield new UserHandler.Map(place(at), bytes, made.protection(), made.backing());
                }
                case "unmap" -> new UserHandler.Unmap(place(at), bytes);
                case "copy" ->
                        new UserHandler.Copy(
                                place(required(pointer + "/from", from)),
                                place(required(pointer + "/to", to)),
                                bytes);
                default ->
                        throw ApiException.badField(
                                pointer + "/command",
                                "no '"
                                        + command
                                        + "'; known: protect, unprotect, map, unmap, copy");
            };
        }

        private int protection(String pointer, @Nullable String otherwise) {
            String wanted = protection == null ? otherwise : protection;
            return Protection.parse(required(pointer, wanted));
        }

        private static String required(String pointer, @Nullable String text) {
            if (text == null) {
                throw ApiException.badField(pointer, "is required");
            }
            return text;
        }

        private void allowed(String pointer, @Nullable Object given, boolean allowed) {
            if (given != null && !allowed) {
                throw ApiException.badField(pointer, "means nothing to " + command);
            }
        }

        private static Place place(@Nullable String text) {
            if (text == null) {
                return Place.FAULT;
            }
            Matcher parts = PLACES.matcher(text);
            if (!text.startsWith("fault") || !parts.matches()) {
                return new Place(false, Address.parse(text).value());
            }
            if (parts.group(2) == null) {
                return Place.FAULT;
            }
            long shift = Address.parse(parts.group(2)).value();
            return new Place(true, parts.group(1).equals("-") ? -shift : shift);
        }
    }

    /** A handler, as it is. */
    record HandlerBody(List<ActionBody> commands) {}

    /** One command of a handler, as it is; what means nothing to it is null. */
    record ActionBody(
            String command,
            @Nullable String at,
            @Nullable String from,
            @Nullable String to,
            long length,
            @Nullable String protection,
            @Nullable String name) {

        static ActionBody of(UserHandler.Action action) {
            return switch (action) {
                case UserHandler.Protect(Place at, long length, int protection) ->
                        new ActionBody(
                                "protect",
                                format(at),
                                null,
                                null,
                                length,
                                Protection.format(protection),
                                null);
                case UserHandler.Map map ->
                        new ActionBody(
                                "map",
                                format(map.at()),
                                null,
                                null,
                                map.length(),
                                Protection.format(map.protection()),
                                map.backing().name());
                case UserHandler.Unmap(Place at, long length) ->
                        new ActionBody("unmap", format(at), null, null, length, null, null);
                case UserHandler.Copy(Place from, Place to, long length) ->
                        new ActionBody("copy", null, format(from), format(to), length, null, null);
            };
        }

        private static String format(Place place) {
            if (!place.fromFault()) {
                return Address.format(place.value());
            }
            long shift = place.value();
            return shift == 0
                    ? "fault"
                    : "fault" + (shift < 0 ? "-" : "+") + Address.format(Math.abs(shift));
        }
    }

    @PutMapping(consumes = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "setHandler",
            summary = "Give a process a handler of its signals, which it calls from now on",
            description =
                    "Sets what the process does at a signal: a list of commands, "
                            + "such as unprotecting the page. It takes effect if the process "
                            + "was made with `onSignal` `handler`. After the handler the "
                            + "access is tried again.")
    @ApiResponse(
            responseCode = "200",
            description = "The handler, or why there can be none.",
            content = @Content(schema = @Schema(anyOf = {HandlerBody.class, RefusalBody.class})))
    ResponseEntity<?> set(Mutation mutation, @RequestBody @Valid HandlerRequest body) {
        int number = mutation.pid();
        List<UserHandler.Action> actions = new ArrayList<>();
        for (int i = 0; i < body.commands().size(); i++) {
            actions.add(body.commands().get(i).action("/commands/" + i, mutation.spec()));
        }
        UserHandler handler = new UserHandler(actions);
        String tooMuch = handler.tooMuch();
        if (tooMuch != null) {
            throw ApiException.badField("/commands", tooMuch);
        }
        return mutation.apply(new Command.SetHandler(number, handler), m -> shown(handler));
    }

    @GetMapping
    @Operation(
            operationId = "getHandler",
            summary = "Show a process's handler; no commands if it has none",
            description =
                    "Shows the commands of the process's signal handler; the list "
                            + "is empty if it has none.")
    ResponseEntity<HandlerBody> get(Subject subject) {
        int number = subject.pid();
        return subject.show(
                m -> {
                    Pids.view(m, number);
                    return shown(m.inspect().handler(number));
                });
    }

    private static HandlerBody shown(UserHandler handler) {
        return new HandlerBody(handler.actions().stream().map(ActionBody::of).toList());
    }
}
