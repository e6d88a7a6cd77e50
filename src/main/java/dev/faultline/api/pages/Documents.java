package dev.faultline.api.pages;

import jakarta.servlet.http.HttpServletRequest;

import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.MediaTypeFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.resource.NoResourceFoundException;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * The project's documents and their images, which the build packs. Each is made into a page when it
 * is first asked for. Links between them lead to their pages.
 */
@Component
class Documents {

    static final String PATH = "/guide/";

    private static final String FOLDER = "documents/";
    private static final String MARKDOWN = ".md";

    /** What each document is called in the project, by its name here. */
    private final Map<String, String> files = new TreeMap<>();

    private final Map<String, Served> made = new ConcurrentHashMap<>();
    private final PathMatchingResourcePatternResolver resources =
            new PathMatchingResourcePatternResolver();
    private final PageMaker pages;

    Documents(PageMaker pages) throws IOException {
        this.pages = pages;
        for (Resource found : resources.getResources("classpath*:" + FOLDER + "**/*.*")) {
            String url = found.getURL().toString();
            String file = url.substring(url.lastIndexOf(FOLDER) + FOLDER.length());
            files.put(name(file), file);
        }
    }

    /** The name of a file of the project: {@code machine} for {@code docs/machine.md}. */
    private static String name(String file) {
        String below = file.startsWith("docs/") ? file.substring("docs/".length()) : file;
        return below.endsWith(MARKDOWN)
                ? below.substring(0, below.length() - MARKDOWN.length()).toLowerCase(Locale.ROOT)
                : below;
    }

    /** A page or an image, or null if there is none of this name. */
    @Nullable Served find(String name) {
        String file = files.get(name);
        return file == null ? null : made.computeIfAbsent(file, this::make);
    }

    private Served make(String file) {
        try {
            byte[] bytes =
                    resources.getResource("classpath:" + FOLDER + file).getContentAsByteArray();
            if (file.endsWith(MARKDOWN)) {
                String markdown = new String(bytes, StandardCharsets.UTF_8);
                return Served.page(pages.html(markdown, linksFrom(file)));
            }
            MediaType type =
                    MediaTypeFactory.getMediaType(file).orElse(MediaType.APPLICATION_OCTET_STREAM);
            return Served.of(type, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Makes of a link between files one between their pages. */
    private UnaryOperator<String> linksFrom(String file) {
        String folder = file.substring(0, file.lastIndexOf('/') + 1);
        return link -> {
            String target = link.replaceFirst("#.*", "");
            String name = name(folder + target);
            return files.containsKey(name) ? PATH + name + link.substring(target.length()) : link;
        };
    }

    /** What was found, unless it is nothing: then there is nothing at this path. */
    static <T> T existing(@Nullable T found, HttpServletRequest request)
            throws NoResourceFoundException {
        if (found == null) {
            String path = request.getRequestURI();
            throw new NoResourceFoundException(HttpMethod.GET, path, path);
        }
        return found;
    }
}
