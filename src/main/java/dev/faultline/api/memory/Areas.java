package dev.faultline.api.memory;

import dev.faultline.api.web.Address;
import dev.faultline.api.web.ApiException;
import dev.faultline.api.web.Pids;
import dev.faultline.hosting.HostedMachine;
import dev.faultline.machine.Machine;
import dev.faultline.machine.protocol.MemoryArea;
import dev.faultline.machine.protocol.ProcessState;
import dev.faultline.machine.spec.MachineSpec;
import dev.faultline.machine.spec.Translation;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** Areas in paths, and how much of one is meant. */
final class Areas {

    private Areas() {}

    /** The length that was asked for, or what is left of the area; the process must be alive. */
    static long length(
            HostedMachine.Change change, int pid, long address, @Nullable Long wish, String name) {
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

    /** The area that holds an address. Raises a 404. */
    static MemoryArea find(Machine machine, int pid, long address) {
        return machine.inspect()
                .area(pid, address)
                .orElseThrow(
                        () ->
                                new ApiException(
                                        HttpStatus.NOT_FOUND,
                                        "NO_SUCH_AREA",
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
