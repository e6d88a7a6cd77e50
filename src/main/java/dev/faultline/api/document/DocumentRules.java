package dev.faultline.api.document;

import dev.faultline.api.web.DocumentPart;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Contact;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.info.License;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import io.swagger.v3.oas.models.tags.Tag;

import org.springdoc.core.customizers.GlobalOpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

import java.util.List;

/** Puts the OpenAPI document together: what it says of itself, and the order in which it grows. */
@Configuration
class DocumentRules {

    private static final String ABOUT =
            """
            Simulated computers with virtual memory: an MMU, TLBs, page tables, page frames, a \
            backing store and processes, each behind its own paths.

            A first session: `createMachine`, `createProcess`, `issueAccesses`, `forkProcess`, \
            `listFrames`, `runTrace`. Every answer explains itself.

            - A simulated fault, signal or refusal is a **result** with status 200 or 201. An HTTP \
            error means that the request itself was wrong; it comes as `application/problem+json` \
            and names what is wrong by a JSON pointer.
            - The [first page](/) leads to the documents, [`/docs`](/docs) lets you try each call.
            - Addresses are strings such as `"0x6004"`, because 64-bit integers do not survive \
            JavaScript. In requests an integer is taken too.
            - What a path names is looked for as it is written: an id or a number that nothing can \
            have is 404, like one that nothing has.
            - A number in a path, a query or a header has no plus sign and no leading zero, and a \
            path has no parameters (`;`).
            - `null` in a request means what leaving the field out means, unless the field says \
            otherwise. In answers every field is present.
            """;

    /** In the order of a first session. */
    private static final List<Tag> TAGS =
            List.of(
                    tag(
                            "Machines",
                            "Simulated computers: make, show, reset, clone and delete them."),
                    tag("Processes", "Processes of a machine: make, fork, swap and end them."),
                    tag("Accesses", "Single accesses, batches, whole traces, and predictions."),
                    tag(
                            "Looking inside",
                            "Every bit of a machine's state. Looking changes nothing."),
                    tag("History", "What happened to a machine, and the way back."),
                    tag("Areas", "Memory areas of a process: map, protect, resize and unmap them."),
                    tag("Files", "The files on a machine's disk, as processes can map them."),
                    tag("Translation", "TLBs, processors, and what a translation costs."),
                    tag("Kernel", "What the kernel does for itself: mappings, pins, groups."),
                    tag("Running", "Processes with programs, which take turns by themselves."),
                    tag("Traces", "Stored traces, sweeps over policies and sizes, and curves."),
                    tag("Comparisons", "Kinds of page tables side by side."),
                    tag("Operations", "Long work that goes on after its request was answered."),
                    tag(
                            "Keys",
                            "Whom a key stands for, and who gives keys out. A service without keys"
                                    + " answers 409 `SERVICE_OPEN`."),
                    tag("Metrics", "Counters for Prometheus, one scrape target for each machine."));

    /** What the document calls the way in. */
    private static final String KEY = "key";

    private static Tag tag(String name, String description) {
        return new Tag().name(name).description(description);
    }

    @Bean
    OpenAPI faultlineApi() {
        return new OpenAPI()
                .addServersItem(new Server().url("/")) // never what the request's Host says
                .security( // nobody needs a key where there are none
                        List.of(new SecurityRequirement(), new SecurityRequirement().addList(KEY)))
                .components(
                        new Components()
                                .addSecuritySchemes(
                                        KEY,
                                        new SecurityScheme()
                                                .type(SecurityScheme.Type.HTTP)
                                                .scheme("bearer")
                                                .description(
                                                        "The secret of a key, where the service has"
                                                                + " keys.")))
                .tags(TAGS)
                .info(
                        new Info()
                                .title("Faultline")
                                .version("v1")
                                .description(ABOUT)
                                .contact(new Contact().name("Faultline"))
                                .license(
                                        new License()
                                                .name("All rights reserved")
                                                .identifier("LicenseRef-Faultline")));
    }

    @Bean
    GlobalOpenApiCustomizer completeDocument(List<DocumentPart> parts) {
        return document -> {
            document.setTags(TAGS); // springdoc sorts them
            parts.forEach(part -> part.addTo(document));
            document.getPaths()
                    .forEach(
                            (path, item) ->
                                    item.readOperationsMap()
                                            .forEach(
                                                    (method, operation) ->
                                                            OperationRules.complete(
                                                                    path, method, operation)));
            SchemaRules.complete(document);
            OddSchemas.put(document);
            SpecRanges.put(document);
            Vocabulary.name(document);
            Unions.name(document);
            Glossary.read().describe(document);
            Excerpts.put(document);
            Examples.read().show(document);
        };
    }
}
