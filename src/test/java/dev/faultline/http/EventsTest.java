package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import static java.util.concurrent.TimeUnit.SECONDS;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import tools.jackson.databind.JsonNode;

import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The event log as a list, as lines and as a stream. */
@Timeout(60)
class EventsTest extends HttpTest {

    /** create, two faults, an unmap, an eviction and its fault. */
    private String sixEvents() {
        String machine = client.machineWithProcess("{'frames': 1}");
        client.access(machine, "write 0x1000", "read 0x2000");
        return machine;
    }

    private static List<String> types(JsonNode events) {
        List<String> types = new ArrayList<>();
        events.forEach(event -> types.add(event.get("type").asString()));
        return types;
    }

    @Test
    void eventsAreListedOldestFirst() {
        String machine = sixEvents();
        Answer list = client.get(machine + "/events").expect(200);
        assertThat(types(list.at("/events")))
                .containsExactly("create", "fault", "unmap", "eviction", "fault");
        for (int i = 0; i < 5; i++) {
            assertThat(list.number("/events/" + i + "/seq")).isEqualTo(i + 1);
        }
        assertThat(list.number("/events/1/page")).isEqualTo(1);
        assertThat(list.text("/events/1/address")).isEqualTo("0x1000");
        assertThat(list.text("/events/1/op")).isEqualTo("write");
        assertThat(list.text("/events/1/resolution")).isEqualTo("zero-fill");
        assertThat(list.at("/events/3/writtenBack").asBoolean()).isTrue();
        assertThat(list.number("/events/3/frame")).isZero();
        assertThat(list.isNull("/events/3/signal")).isTrue();
        assertThat(list.isNull("/nextCursor")).isTrue();
    }

    @Test
    void aListGoesOnAfterANumberOrACursor() {
        String machine = sixEvents();
        Answer after = client.get(machine + "/events?after=3").expect(200);
        assertThat(types(after.at("/events"))).containsExactly("eviction", "fault");
        assertThat(client.get(machine + "/events?after=5").expect(200).at("/events")).isEmpty();
        assertThat(client.get(machine + "/events?after=99").expect(200).at("/events")).isEmpty();
        Answer part = client.get(machine + "/events?limit=2").expect(200);
        Answer next = client.get(machine + "/events?limit=2&cursor=" + part.text("/nextCursor"));
        assertThat(types(next.expect(200).at("/events"))).containsExactly("unmap", "eviction");
        client.get(machine + "/events?after=-1").expectProblem(400, "INVALID_PARAMETER");
        client.get(machine + "/events?limit=10001").expectProblem(400, "INVALID_PARAMETER");
    }

    @Test
    void linesSayTheSameAsTheList() {
        String machine = sixEvents();
        Answer lines = client.get(machine + "/events", "Accept", Client.NDJSON).expect(200);
        assertThat(lines.mediaType()).isEqualTo(Client.NDJSON);
        List<JsonNode> events = lines.text().lines().map(Answer.MAPPER::readTree).toList();
        assertThat(events).containsExactlyElementsOf(client.get(machine + "/events").at("/events"));
    }

    @Test
    void whatFellOffTheLogIsSaidToBeGone() {
        String machine = client.machineWithProcess("{'limits': {'events': 4}}");
        client.access(machine, "read 0x0", "read 0x1000", "read 0x2000", "read 0x3000");
        Answer gone = client.get(machine + "/events?after=0");
        gone.expectProblem(410, "EVENTS_LOST");
        assertThat(gone.number("/oldest")).isEqualTo(2);
        for (String type : List.of(Client.NDJSON, "text/event-stream")) {
            client.get(machine + "/events?after=0", "Accept", type)
                    .expectProblem(410, "EVENTS_LOST");
        }
        assertThat(client.get(machine + "/events?after=1").expect(200).at("/events").size())
                .isEqualTo(4);
        assertThat(client.get(machine + "/events").expect(200).number("/events/0/seq"))
                .isEqualTo(2);
    }

    @Test
    void aStreamTellsTheSameEvents() throws Exception {
        String machine = sixEvents();
        List<String> lines = client.readStream(machine + "/events", 5);
        assertThat(lines).hasSize(15);
        JsonNode events = client.get(machine + "/events").at("/events");
        for (int i = 0; i < 5; i++) {
            assertThat(lines.get(3 * i)).isEqualTo("id: " + (i + 1));
            assertThat(lines.get(3 * i + 1))
                    .isEqualTo("event: " + events.get(i).get("type").asString());
            JsonNode data = Answer.MAPPER.readTree(lines.get(3 * i + 2).substring(6));
            assertThat(data).isEqualTo(events.get(i));
            client.document().checkNamed("EventBody", data);
        }
    }

    @Test
    void aStreamIsResumedAfterTheLastEventSeen() throws Exception {
        String machine = sixEvents();
        List<String> lines =
                client.readStream(machine + "/events?after=1", 2, "Last-Event-ID", "3");
        assertThat(lines.get(0)).isEqualTo("id: 4");
        assertThat(lines.get(3)).isEqualTo("id: 5");
    }

    @Test
    void aStreamGoesOnAsThingsHappen() throws Exception {
        String machine = sixEvents();
        CompletableFuture<List<String>> reading =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return client.readStream(machine + "/events?after=5", 3);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            }
                        });
        Thread.sleep(200);
        client.access(machine, "write 0x9000");
        List<String> lines = reading.get(30, SECONDS);
        assertThat(lines.get(1)).isEqualTo("event: unmap");
        assertThat(lines.get(6)).isEqualTo("id: 8");
    }

    @Test
    void onlySoManyStreamsAreKeptOpen() throws Exception {
        String machine = client.machineWithProcess("{}");
        List<HttpResponse<InputStream>> open = new ArrayList<>();
        for (int i = 0; i < MOST_STREAMS; i++) {
            open.add(client.openStream(machine + "/events"));
        }
        client.get(machine + "/events", "Accept", "text/event-stream")
                .expectProblem(429, "TOO_MANY_STREAMS");
        client.delete(machine).expect(204);
        for (HttpResponse<InputStream> stream : open) {
            assertThat(stream.statusCode()).isEqualTo(200);
            stream.body().readAllBytes();
        }
    }
}
