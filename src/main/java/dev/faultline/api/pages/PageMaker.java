package dev.faultline.api.pages;

import org.commonmark.ext.gfm.tables.TablesExtension;
import org.commonmark.ext.heading.anchor.HeadingAnchorExtension;
import org.commonmark.node.FencedCodeBlock;
import org.commonmark.node.Heading;
import org.commonmark.node.Image;
import org.commonmark.node.IndentedCodeBlock;
import org.commonmark.node.Link;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.html.HtmlRenderer;
import org.commonmark.renderer.text.TextContentRenderer;
import org.springframework.core.io.ClassPathResource;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Makes pages of Markdown: GitHub's tables, an anchor at each heading, and one layout for all. */
@Component
class PageMaker {

    private static final String TITLE = "{{title}}";
    private static final String MAIN = "{{main}}";

    private static final List<org.commonmark.Extension> EXTENSIONS =
            List.of(TablesExtension.create(), HeadingAnchorExtension.create());

    private final Parser parser = Parser.builder().extensions(EXTENSIONS).build();
    private final TextContentRenderer plain = TextContentRenderer.builder().build();
    private final String layout = text("pages/layout.html");

    /** A page whose links are right as they stand. */
    String html(String markdown) {
        return html(markdown, UnaryOperator.identity());
    }

    /**
     * A page.
     *
     * @param markdown what it says; its first heading is its title
     * @param links makes of each link what it is on this server
     */
    String html(String markdown, UnaryOperator<String> links) {
        Node document = parser.parse(markdown);
        String main = renderer(links).render(document);
        String scrolling =
                main.replace("<table>", "<div class=\"wide\" tabindex=\"0\"><table>")
                        .replace("</table>", "</table></div>");
        int title = layout.indexOf(TITLE);
        int body = layout.indexOf(MAIN);
        return layout.substring(0, title)
                + HtmlUtils.htmlEscape(title(document), "UTF-8")
                + layout.substring(title + TITLE.length(), body)
                + scrolling
                + layout.substring(body + MAIN.length());
    }

    private String title(Node document) {
        for (Node node = document.getFirstChild(); node != null; node = node.getNext()) {
            if (node instanceof Heading) {
                String heading = plain.render(node);
                return heading.equals("Faultline") ? heading : heading + " – Faultline";
            }
        }
        return "Faultline";
    }

    private static HtmlRenderer renderer(UnaryOperator<String> links) {
        return HtmlRenderer.builder()
                .extensions(EXTENSIONS)
                .escapeHtml(true)
                .attributeProviderFactory(
                        context ->
                                (node, tag, attributes) -> complete(node, tag, attributes, links))
                .build();
    }

    private static void complete(
            Node node, String tag, Map<String, String> attributes, UnaryOperator<String> links) {
        if (node instanceof Link) {
            attributes.computeIfPresent("href", (name, link) -> links.apply(link));
        } else if (node instanceof Image) {
            attributes.computeIfPresent("src", (name, link) -> links.apply(link));
        } else if (tag.equals("pre")
                && (node instanceof IndentedCodeBlock || node instanceof FencedCodeBlock)) {
            attributes.put("tabindex", "0"); // what scrolls can be reached without a mouse
        }
    }

    /** A text of the class path, in UTF-8. */
    static String text(String path) {
        try {
            return new ClassPathResource(path).getContentAsString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
