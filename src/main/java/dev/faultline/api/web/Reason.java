package dev.faultline.api.web;

import org.springframework.http.HttpStatus;

import java.net.URI;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Every {@code reason} that a problem document can give. Its status, type and title follow from it,
 * and its explanation is what {@code /problems/<slug>} tells.
 */
public enum Reason {
    // ---- the request itself
    BAD_REQUEST(
            HttpStatus.BAD_REQUEST,
            "The request line, a header, the path or the framing of the body breaks the rules of"
                    + " HTTP, so the server cannot tell what is asked. An HTTP library sends such"
                    + " a request only if its parts are put together by hand."),
    INVALID_BODY(
            HttpStatus.BAD_REQUEST,
            "The body is not JSON, or one of its fields has a wrong type, an unknown name or a"
                    + " value out of range. Each element of errors names a field by its JSON"
                    + " pointer and says what is wrong with it. Nothing was changed."),
    INVALID_PARAMETER(
            HttpStatus.BAD_REQUEST,
            "A query parameter, a part of the path or a header is unknown, repeated, malformed or"
                    + " out of range. The detail begins with its name."),
    INVALID_PATH(
            HttpStatus.BAD_REQUEST,
            "The path has a parameter, which begins with a semicolon. A thing has one path here,"
                    + " and it has no parameters."),
    BODY_NOT_READABLE(
            HttpStatus.BAD_REQUEST,
            "The connection ended in the middle of the body, or the body does not keep to the"
                    + " length, the chunks or the Content-Encoding that its headers announce."),
    GARBLED_TRACE(
            HttpStatus.BAD_REQUEST,
            "A record of the trace cannot be read in the format that Content-Type names. The"
                    + " problem has the line, or for a binary trace the byte, and how many"
                    + " accesses were applied before it; those stay applied."),
    GARBLED_EXPORT(
            HttpStatus.BAD_REQUEST,
            "The export of a machine is cut, was changed since it was written, or tells of"
                    + " something that no machine does. The problem has the line. No machine was"
                    + " made."),
    UNAUTHENTICATED(
            HttpStatus.UNAUTHORIZED,
            "The service has keys, and the request has none, or one that is not known or is over."
                    + " Send Authorization: Bearer and the key's secret, or a token of the OpenID"
                    + " provider that the service trusts."),
    ROLE_FORBIDDEN(
            HttpStatus.FORBIDDEN,
            "The key's role never allows this, whatever it is done to. GET /v1/me shows the role."),
    SERVICE_OPEN(
            HttpStatus.CONFLICT,
            "The service has no keys: everybody may do everything. It gives out keys if it is"
                    + " started with an admin's key or a file of keys."),
    NO_SUCH_TENANT(
            HttpStatus.NOT_FOUND,
            "No tenant of this name has limits of its own. Its owners have the default ones."),
    NO_SUCH_KEY(
            HttpStatus.NOT_FOUND, "There is no key of this id, or it belongs to another class."),
    REQUEST_TIMEOUT(
            HttpStatus.REQUEST_TIMEOUT,
            "The rest of the request did not arrive in time. If it was a trace, the accesses that"
                    + " had arrived were applied, and the problem says how many."),
    BODY_TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            "The body is longer than the server reads into memory. Send a trace instead of a"
                    + " batch: traces are read as they arrive and have no limit."),
    BATCH_TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            "One batch lists more accesses than the server answers one by one. Send several"
                    + " batches, or the accesses as a trace."),
    TRACE_TOO_LONG(
            HttpStatus.CONTENT_TOO_LARGE,
            "The policy optimal has to know a trace before it runs, and this one is longer than"
                    + " the server holds for it."),
    SWEEP_TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            "The lists of a sweep or an experiment multiply to more combinations than one request"
                    + " may ask for. Divide it into several."),
    CONTENT_TOO_LARGE(
            HttpStatus.CONTENT_TOO_LARGE,
            "The container refused the body because of its length, before the service saw it."),
    URI_TOO_LONG(
            HttpStatus.URI_TOO_LONG, "The path and the query are longer than the server reads."),
    UNSUPPORTED_MEDIA_TYPE(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "The Content-Type is not one that this endpoint reads. It reads application/json,"
                    + " except for files and traces. curl -d sends a form unless told otherwise:"
                    + " add -H 'Content-Type: application/json'."),
    UNSUPPORTED_ENCODING(
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "The body is compressed in a way that the server does not know. Accept-Encoding in"
                    + " the answer lists the ways that it does."),
    REQUEST_HEADER_FIELDS_TOO_LARGE(
            HttpStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            "The headers of the request are longer than the server reads."),
    REQUESTED_RANGE_NOT_SATISFIABLE(
            HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
            "The Range header asks for bytes that the file does not have."),
    EXPECTATION_FAILED(
            HttpStatus.EXPECTATION_FAILED,
            "The Expect header asks for something other than 100-continue."),

    ORIGIN_NOT_ALLOWED(
            HttpStatus.FORBIDDEN,
            "A web page of another origin may not use this server, or not with this method or"
                    + " header. The setting faultline.cors.allowed-origins lists the origins that"
                    + " may."),

    // ---- what is asked for
    NOT_FOUND(
            HttpStatus.NOT_FOUND,
            "No page and no endpoint has this path. The page at / and the OpenAPI document at"
                    + " /v3/api-docs list what there is."),
    METHOD_NOT_ALLOWED(
            HttpStatus.METHOD_NOT_ALLOWED,
            "The path exists but does not have this method. The header Allow lists the methods"
                    + " that it has."),
    NOT_ACCEPTABLE(
            HttpStatus.NOT_ACCEPTABLE,
            "Accept excludes every media type that this endpoint can answer with."),
    NO_SUCH_MACHINE(
            HttpStatus.NOT_FOUND,
            "No machine has this id. GET /v1/machines lists those that exist; machines do not"
                    + " survive a restart of the server."),
    NO_SUCH_PROCESS(
            HttpStatus.NOT_FOUND,
            "The machine never had a process with this pid. Pids count up from 1, and an ended"
                    + " process keeps its pid."),
    NO_SUCH_FRAME(
            HttpStatus.NOT_FOUND,
            "The machine has no frame with this number. Frames are numbered from 0."),
    NO_SUCH_AREA(
            HttpStatus.NOT_FOUND,
            "No area of the process begins at this address. GET …/areas lists where they begin."),
    NO_SUCH_FILE(
            HttpStatus.NOT_FOUND,
            "The machine has no file with this name. PUT makes one; so does mapping it."),
    NO_SUCH_TRACE(HttpStatus.NOT_FOUND, "No stored trace has this id. GET /v1/traces lists them."),
    NO_SUCH_OPERATION(
            HttpStatus.NOT_FOUND,
            "No operation has this id, or it ended so long ago that it was forgotten. GET"
                    + " /v1/operations lists those that are remembered."),

    NO_SUCH_VERSION(
            HttpStatus.NOT_FOUND,
            "The machine has not come to this version yet. Its present one is version in the"
                    + " machine's representation, and in the ETag of each answer."),

    // ---- the state in which it is asked
    MACHINE_EXISTS(
            HttpStatus.CONFLICT,
            "A machine already has this id. Choose another, leave id out, or delete that machine"
                    + " first."),
    MACHINE_QUARANTINED(
            HttpStatus.CONFLICT,
            "A mistake of the server broke off a command on this machine, so its state can no"
                    + " longer be trusted. It can still be read, reset and deleted."),
    REPLAY_DIFFERS(
            HttpStatus.CONFLICT,
            "The commands of the export lead to another state than it says: at version, found"
                    + " instead of expected. It was changed by hand, or written by a server that"
                    + " makes other machines. No machine was made."),
    ENGINE_UNKNOWN(
            HttpStatus.CONFLICT,
            "The export was written by a server whose machines obey other rules: engine names"
                    + " them, and known lists those of this server. No machine was made."),
    PROCESS_EXITED(
            HttpStatus.CONFLICT, "The process has ended. It can be read but does nothing more."),
    PROCESS_BLOCKED(
            HttpStatus.CONFLICT,
            "The process is a parent that waits, after vfork, until its child calls exec or"
                    + " exits."),
    PROCESSES_EXIST(
            HttpStatus.CONFLICT,
            "This trace makes its own processes, so it runs only on a machine that has none. Reset"
                    + " the machine or make a new one."),
    NO_KERNEL_MAPPING(
            HttpStatus.CONFLICT,
            "The kernel accesses memory through mappings of its own and has none yet. POST"
                    + " …/kernel/mappings makes one."),
    NOT_MAPPED(
            HttpStatus.CONFLICT,
            "Some of the bytes asked for lie in no area of the process, or beyond the end of the"
                    + " file that is mapped there."),
    TRACE_REFUSED(
            HttpStatus.CONFLICT,
            "The trace asks the simulated kernel for something that it refused, such as an area"
                    + " where one already is. What came before stays applied."),
    FUTURE_UNKNOWN(
            HttpStatus.CONFLICT,
            "The policy optimal needs to know all accesses in advance, which is impossible for a"
                    + " trace that creates and ends processes as it goes."),
    PROGRAMS_TOO_LONG(
            HttpStatus.CONFLICT,
            "The policy optimal has to know all programs of a run in advance, and together they"
                    + " are longer than the server holds for it."),
    OPERATION_FAILED(
            HttpStatus.CONFLICT,
            "The work could not be finished, for the cause that the detail names."),
    OPERATION_CANCELLED(
            HttpStatus.CONFLICT, "Another request cancelled the work before it was finished."),
    REQUEST_UNDER_WAY(
            HttpStatus.CONFLICT,
            "An earlier request with the same Idempotency-Key is still being answered. Try again"
                    + " when it is."),
    REQUEST_INTERRUPTED(
            HttpStatus.CONFLICT,
            "Another request reset or deleted the machine while this one was changing it."),
    EVENTS_LOST(
            HttpStatus.GONE,
            "The machine keeps a limited number of events, and those asked for have been dropped."
                    + " Go on from oldest, the first one kept."),
    TURNS_LOST(
            HttpStatus.GONE,
            "The machine keeps a limited number of turns, and those asked for have been dropped."
                    + " Go on from oldest, the first one kept."),
    VERSION_LOST(
            HttpStatus.GONE,
            "The machine's history is bounded, and no longer goes back to this version. The oldest"
                    + " one that is kept is oldestVersion."),
    TRACE_DAMAGED(
            HttpStatus.GONE,
            "The file of the stored trace is no longer what was stored. Delete the trace or store"
                    + " it again."),
    VERSION_MISMATCH(
            HttpStatus.PRECONDITION_FAILED,
            "The machine is at another version than If-Match names: something changed it in"
                    + " between. Read it again, and decide whether the change is still meant."),
    IDEMPOTENCY_KEY_REUSED(
            HttpStatus.UNPROCESSABLE_CONTENT,
            "The Idempotency-Key was used before with another path or body. Each new request needs"
                    + " a new key."),

    // ---- what the server can bear
    TOO_MANY_MACHINES(
            HttpStatus.TOO_MANY_REQUESTS,
            "The server hosts as many machines as its settings allow. Delete one first."),
    QUOTA_EXCEEDED(
            HttpStatus.TOO_MANY_REQUESTS,
            "You have or do as much of something as your key allows: the problem names the quota,"
                    + " its limit and what is used. Delete something, or wait for Retry-After"
                    + " seconds."),
    SERVER_FULL(
            HttpStatus.TOO_MANY_REQUESTS,
            "There is not enough memory left for what was asked. Delete machines, or ask for less."
                    + " If some accesses were made, the problem says how many."),
    MACHINE_BUSY(
            HttpStatus.TOO_MANY_REQUESTS,
            "Another request has been changing this machine for too long, or too many requests"
                    + " wait for their turn. Try again after Retry-After seconds."),
    TRACES_FULL(
            HttpStatus.TOO_MANY_REQUESTS,
            "The stored traces take as many bytes as the settings allow. Delete one first."),
    TOO_MANY_OPERATIONS(
            HttpStatus.TOO_MANY_REQUESTS,
            "As many operations are under way as the settings allow. Wait for one to end, or"
                    + " cancel one."),
    TOO_MANY_BODIES(
            HttpStatus.TOO_MANY_REQUESTS,
            "The requests under way hold as many bytes of bodies as the settings allow. Try again"
                    + " after Retry-After seconds."),
    TOO_MANY_STREAMS(
            HttpStatus.TOO_MANY_REQUESTS,
            "As many event streams are open as the settings allow. Close one that is not read."),
    STORE_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The disk with the stored traces or the keys is full or does not work. Nothing was"
                    + " changed."),
    ISSUER_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The OpenID provider that signed the token does not give the keys by which its signature"
                    + " is checked. Try again."),
    SERVICE_UNAVAILABLE(
            HttpStatus.SERVICE_UNAVAILABLE,
            "The server is about to stop, or gave up waiting for its own answer."),
    INTERNAL_ERROR(
            HttpStatus.INTERNAL_SERVER_ERROR,
            "The server made a mistake and logged it. If the request was to change a machine, read"
                    + " the machine to see how far it came."),
    NOT_IMPLEMENTED(
            HttpStatus.NOT_IMPLEMENTED,
            "The server does not know this method or this Transfer-Encoding at all."),
    HTTP_VERSION_NOT_SUPPORTED(
            HttpStatus.HTTP_VERSION_NOT_SUPPORTED, "The server speaks HTTP/1.0 and HTTP/1.1.");

    private final HttpStatus status;
    private final String explanation;

    Reason(HttpStatus status, String explanation) {
        this.status = status;
        this.explanation = explanation;
    }

    /** The reason for a status that nothing more is known of. */
    static Reason of(HttpStatus status) {
        Reason general = status.is5xxServerError() ? INTERNAL_ERROR : BAD_REQUEST;
        return Arrays.stream(values())
                .filter(reason -> reason.name().equals(status.name()))
                .findFirst()
                .orElse(general);
    }

    /** The reason whose type ends with a slug. */
    static Optional<Reason> at(String slug) {
        return Arrays.stream(values()).filter(reason -> reason.slug().equals(slug)).findFirst();
    }

    /** The status of an answer that gives this reason. */
    public HttpStatus status() {
        return status;
    }

    /** What it means and what can be done about it, in sentences. */
    public String explanation() {
        return explanation;
    }

    /** The last segment of the type, such as {@code invalid-body}. */
    public String slug() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The type of its problem documents: a path that explains it. */
    public URI type() {
        return URI.create("/problems/" + slug());
    }

    /** The title of its problem documents, such as {@code Invalid body}. */
    public String title() {
        String words = slug().replace('-', ' ');
        return Character.toUpperCase(words.charAt(0)) + words.substring(1);
    }
}
