package dev.faultline.api.inspection;

import dev.faultline.api.web.Subject;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;

import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** What the kernel keeps for a process, as lecture 16 draws it. */
@RestController
@Tag(name = "Areas")
class DescriptorController {

    @GetMapping(
            path = "/v1/machines/{machine}/processes/{pid}/descriptors",
            produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "showDescriptors",
            summary = "Show the task, its memory descriptor, its table's root and its areas",
            description =
                    "Shows what the kernel keeps of a process: the task, its memory "
                            + "descriptor, the root of its page table and its areas.")
    ResponseEntity<DescriptorBody> show(Subject subject) {
        int number = subject.pid();
        return subject.show(m -> DescriptorBody.of(m, number));
    }
}
