package dev.faultline.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.testing.ServerProcess;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What does a server that is killed leave behind? */
@Tag("slow")
class KilledServerTest {

    private static final int UPLOADS = 5;

    @TempDir Path folder;

    private ServerProcess start() throws IOException, InterruptedException {
        return ServerProcess.start(folder, List.of("-Xmx256m"), List.of());
    }

    private List<String> drafts() throws IOException {
        Path traces = folder.resolve("traces");
        if (!Files.isDirectory(traces)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(traces)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith("draft-"))
                    .toList();
        }
    }

    @Test
    void uploadsUnderWayAreGoneAfterTheNextStart() throws IOException, InterruptedException {
        List<Wire> uploads = new ArrayList<>();
        String id;
        try (ServerProcess server = start()) {
            id = server.post("/v1/traces", Client.LACKEY, " L 1000,4\n").body();
            for (int i = 0; i < UPLOADS; i++) {
                Wire wire = new Wire(server.port());
                uploads.add(wire);
                String head = Hostile.head("/v1/traces", Client.LACKEY);
                wire.send(head + "Content-Length: 9999999\r\n\r\n");
                wire.send(" L 1000,4\n S 2000,8\n".repeat(20_000));
            }
            while (drafts().size() < 2 * UPLOADS) { // each with its sizes
                Thread.sleep(50);
            }
            server.kill();
        }
        for (Wire upload : uploads) {
            upload.close();
        }
        assertThat(drafts()).hasSize(2 * UPLOADS);
        try (ServerProcess server = start()) {
            assertThat(drafts()).isEmpty();
            assertThat(server.get("/v1/traces").body()).contains(id.substring(2, 70));
        }
    }
}
