import org.openapitools.client.ApiClient;
import org.openapitools.client.ApiException;
import org.openapitools.client.api.AccessesApi;
import org.openapitools.client.api.AreasApi;
import org.openapitools.client.api.LookingInsideApi;
import org.openapitools.client.api.MachinesApi;
import org.openapitools.client.api.ProcessesApi;
import org.openapitools.client.api.TracesApi;
import org.openapitools.client.model.*;

import java.util.List;
import java.util.Objects;

/** Plays the README's first session with the generated client. The argument is the server's URL. */
public class FirstSession {

    private static final String MACHINE = "java-client";

    public static void main(String[] arguments) throws ApiException {
        ApiClient client = new ApiClient();
        client.updateBaseUri(arguments[0]);
        MachinesApi machines = new MachinesApi(client);
        ProcessesApi processes = new ProcessesApi(client);
        AccessesApi accesses = new AccessesApi(client);
        AreasApi areas = new AreasApi(client);

        MachineBody machine =
                machines.createMachine(
                        null,
                        null,
                        new MachineRequest()
                                .id(MACHINE)
                                .frames(4)
                                .addressBits(16)
                                .tlb(null)
                                .translation(
                                        new TranslationRequest().kind(TranslationKind.LINEAR)));
        same(4, machine.getFrames());
        same(PolicyName.CLOCK, machine.getReplacement().getPolicy());

        ProcessOrRefusal process =
                processes.createProcess(MACHINE, null, null, new ProcessRequest());
        same(1, process.getPid());
        same(null, process.getRefused());

        AccessRequest write =
                new AccessRequest()
                        .op(AccessOp.WRITE)
                        .address("0x1004")
                        .value(java.math.BigInteger.valueOf(7).intValue());
        AccessRequest read = new AccessRequest().op(AccessOp.READ).address("0x1004");
        BatchBody batch = issue(accesses, 1, write, read);
        same(FaultResolution.ZERO_FILL, batch.getResults().get(0).getFault().getResolution());
        same(null, batch.getResults().get(1).getFault());

        ProcessOrRefusal child = processes.forkProcess(MACHINE, 1, null, null, null);
        same(2, child.getPid());
        same(
                2,
                new LookingInsideApi(client)
                        .listFrames(MACHINE, null, null, null, null)
                        .getFrames()
                        .get(0)
                        .getMappings()
                        .size());

        write.value(8);
        same(
                FaultResolution.COW_COPY,
                issue(accesses, 2, write).getResults().get(0).getFault().getResolution());
        same(7, issue(accesses, 1, read).getResults().get(0).getValue());

        // what was answered can be sent back
        accesses.issueAccesses(
                MACHINE,
                1,
                new AccessBatchRequest()
                        .accesses(
                                List.of(
                                        new AccessRequest()
                                                .op(batch.getResults().get(0).getOp())
                                                .address(batch.getResults().get(0).getAddress()))),
                null,
                null,
                null);

        TraceBody trace =
                accesses.runTrace(
                        MACHINE,
                        1,
                        new AccessColumnsRequest()
                                .ops("rrrrrr")
                                .addresses(
                                        List.of(
                                                "0x2000", "0x3000", "0x4000", "0x5000", "0x6000",
                                                "0x1000")),
                        null,
                        null);
        same(6L, trace.getAccesses());

        SweepOrOperation sweep =
                new TracesApi(client)
                        .sweep(
                                new SweepRequest()
                                        .pages(
                                                List.of(
                                                        1L, 2L, 3L, 4L, 1L, 2L, 5L, 1L, 2L, 3L, 4L,
                                                        5L))
                                        .policies(List.of(new SweepRequestPoliciesInner("fifo")))
                                        .frames(List.of(3L, 4L)),
                                null,
                                null);
        same(1, sweep.getAnomalies().size());

        AreaOrRefusal refused =
                areas.mapArea(
                        MACHINE,
                        1,
                        new AreaRequest().start("0x1000").length(4096L).protection("rw-"),
                        null,
                        null);
        same("EEXIST", refused.getRefused().getError());

        fails(404, () -> machines.getMachine("nothing-here", null, null));
        fails(412, () -> machines.resetMachine(MACHINE, "\"v1\"", null, null));
        System.out.println("played");
    }

    private static BatchBody issue(AccessesApi accesses, int pid, AccessRequest... each)
            throws ApiException {
        return accesses.issueAccesses(
                MACHINE, pid, new AccessBatchRequest().accesses(List.of(each)), null, null, null);
    }

    private interface Call {
        void make() throws ApiException;
    }

    private static void fails(int status, Call call) {
        try {
            call.make();
        } catch (ApiException e) {
            same(status, e.getCode());
            return;
        }
        throw new AssertionError("was to fail with " + status);
    }

    private static void same(Object expected, Object found) {
        if (!Objects.equals(expected, found)) {
            throw new AssertionError("expected " + expected + ", found " + found);
        }
    }
}
