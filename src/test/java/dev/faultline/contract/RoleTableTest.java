package dev.faultline.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.faultline.http.Answer;
import dev.faultline.http.ApiDocument;
import dev.faultline.testing.ServerProcess;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Is the table of docs/security.md what the server does? Each cell is tried. {@code ./mvnw test
 * -Dtest=RoleTableTest -Dsecurity.write} writes it anew.
 */
@Tag("slow")
class RoleTableTest {

    private static final Path PAGE = Path.of("docs/security.md");
    private static final String BEGIN = "<!-- roles: written by RoleTableTest -->\n";
    private static final String END = "<!-- roles end -->\n";
    private static final String ADMIN = "admin-of-the-roles-0123456789-0123456789";

    @Test
    void theTableOfRolesIsTrue(@TempDir Path folder) throws Exception {
        List<String> settings = List.of("--faultline.security.admin-key=" + ADMIN);
        try (ServerProcess server = ServerProcess.start(folder, List.of("-Xmx256m"), settings)) {
            String served = server.get("/v3/api-docs").body();
            Contract contract = new Contract(new ApiDocument(Answer.MAPPER.readTree(served)));
            try (World world = new World(server.port(), contract, ADMIN, "roles", 0, new Tally())) {
                compare(new RoleTable(world).text());
            }
        }
    }

    private static void compare(String table) throws Exception {
        String page = Files.readString(PAGE);
        int begin = page.indexOf(BEGIN) + BEGIN.length();
        int end = page.indexOf(END);
        assertThat(end).as("the marks of the table").isGreaterThanOrEqualTo(begin);
        if (System.getProperty("security.write") != null) {
            Files.writeString(
                    PAGE, page.substring(0, begin) + "\n" + table + "\n" + page.substring(end));
        }
        assertThat(Files.readString(PAGE))
                .as(
                        "docs/security.md differs; if that is meant: -Dtest=RoleTableTest -Dsecurity.write")
                .contains(BEGIN + "\n" + table + "\n" + END);
    }
}
