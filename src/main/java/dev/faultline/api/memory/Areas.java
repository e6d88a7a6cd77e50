package dev.faultline.api.memory;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Mutation;
import dev.faultline.api.web.Pids;
import dev.faultline.api.web.Reason;
import dev.faultline.api.web.Reply;
import dev.faultline.hosting.Change;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.Command;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;

/** Areas in paths, and how much of one is meant. */
final class Areas {

    /** A system call about a range of a process's addresses. */
    interface Call {
        /** The command; {@code length} is in bytes, from 1 on. */
        Command of(int pid, long address, long length);
    }

    private Areas() {}

    /** The length that was asked for, or what is left of the area; the process must be alive. */
    static long length(Change change, int pid, long address, @Nullable Long wish, String name) {
        return change.read(
                m -> {
                    if (Pids.view(m, pid).state() == ProcessState.TERMINATED) {
                        throw ApiException.processExited(pid);
                    }
                    MemoryArea area = find(m, pid, address);
                    if (wish == null) {
                        return area.end() - address;
                    }
                    AreaRequest.checkInside(name, address, wish, m.spec());
                    return wish;
                });
    }

    /**
     * Makes one command about an area, or a part of one, the whole change. Answers with the area
     * that holds the address afterwards, or the kernel's refusal.
     *
     * @param start the page address in the path
     * @param wish the bytes that the body asks for, or null for the rest of the area
     */
    static ResponseEntity<?> change(
            Mutation mutation, String start, @Nullable Long wish, Call call) {
        int pid = mutation.pid();
        long address = address(start, mutation.spec());
        return mutation.change(
                change -> {
                    long length = length(change, pid, address, wish, "/length");
                    return Reply.to(change, call.of(pid, address, length))
                            .ok(m -> AreaBody.of(find(m, pid, address), m.spec()));
                });
    }

    /** The area that holds an address. Raises a 404. */
    static MemoryArea find(Machine machine, int pid, long address) {
        return machine.inspect()
                .area(pid, address)
                .orElseThrow(
                        () ->
                                new ApiException(
                                        Reason.NO_SUCH_AREA,
                                        "no area of process "
                                                + pid
                                                + " holds "
                                                + Address.format(address)));
    }

    /** The page address in a path. */
    static long address(String text, MachineSpec spec) {
        long address;
        try {
            address = Address.parse(text).value();
        } catch (IllegalArgumentException e) {
            throw ApiException.badParameter("start", String.valueOf(e.getMessage()));
        }
        boolean anywhere = spec.translation().kind() == Translation.Kind.SEGMENTATION;
        if (!anywhere && address % spec.pageSize() != 0) {
            throw ApiException.badParameter(
                    "start", text + " is no multiple of the page size " + spec.pageSize());
        }
        if (address >= 1L << spec.addressBits()) {
            throw ApiException.badParameter("start", text + " is beyond the address space");
        }
        return address;
    }
}
