package dev.faultline.api.history;

import dev.faultline.history.HistoryRecord;
import dev.faultline.history.Request;

import org.jspecify.annotations.Nullable;

import java.util.List;

/** What made a version. */
record RecordBody(
        long version,
        HistoryRequestBody request,
        List<CommandBody> commands,
        long moreCommands,
        EventRange events,
        long ticks) {

    /** What asked for it. */
    record HistoryRequestBody(String operation, String requestId, @Nullable String idempotencyKey) {

        static HistoryRequestBody of(Request request) {
            return new HistoryRequestBody(
                    request.operation(), request.requestId(), request.idempotencyKey());
        }
    }

    /** The numbers of its events; {@code to} is before {@code from} if there were none. */
    record EventRange(long from, long to) {}

    static RecordBody of(HistoryRecord made, CommandList commands) {
        return new RecordBody(
                made.version(),
                HistoryRequestBody.of(made.request()),
                commands.shown(),
                commands.more(),
                new EventRange(made.firstEvent(), made.lastEvent()),
                made.ticks());
    }
}
