package dev.faultline.api.pages;

import io.swagger.v3.oas.annotations.Hidden;

import jakarta.servlet.http.HttpServletRequest;

import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.servlet.resource.NoResourceFoundException;

import java.io.IOException;

/** The documents as pages, and what these are drawn with. */
@RestController
@RequestMapping("/guide")
@Hidden
class DocumentController {

    private final Documents documents;
    private final Served style;
    private final Served icon;

    DocumentController(Documents documents) throws IOException {
        this.documents = documents;
        style = drawn("style.css", MediaType.valueOf("text/css;charset=UTF-8"));
        icon = drawn("icon.svg", MediaType.valueOf("image/svg+xml"));
    }

    private static Served drawn(String name, MediaType type) throws IOException {
        return Served.of(type, new ClassPathResource("pages/" + name).getContentAsByteArray());
    }

    @GetMapping({"", "/"})
    ResponseEntity<Void> toFirst() {
        return StartController.seeAlso(Documents.PATH + "readme");
    }

    @GetMapping("/{name}")
    ResponseEntity<byte[]> show(@PathVariable String name, HttpServletRequest request)
            throws NoResourceFoundException {
        return Documents.existing(documents.find(name), request).answer();
    }

    @GetMapping("/images/{name}")
    ResponseEntity<byte[]> image(@PathVariable String name, HttpServletRequest request)
            throws NoResourceFoundException {
        return Documents.existing(documents.find("images/" + name), request).answer();
    }

    @GetMapping("/style.css")
    ResponseEntity<byte[]> style() {
        return style.answer();
    }

    @GetMapping("/icon.svg")
    ResponseEntity<byte[]> icon() {
        return icon.answer();
    }
}
