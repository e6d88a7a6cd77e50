package dev.faultline.contract;

import java.util.ArrayList;
import java.util.List;

/** What each owner has when a session begins: a machine with something of each kind, and more. */
final class Setup {

    private static final String PAGES = "1,2,3,1,2,3\n";

    private Setup() {}

    static List<Step> steps(World world) {
        List<Step> steps = new ArrayList<>();
        Contract contract = world.contract();
        for (Party party : Party.OWNERS) {
            machine(contract, steps, party, "same-" + world.token());
            machine(
                    contract,
                    steps,
                    party,
                    "only-" + party.name().toLowerCase(java.util.Locale.ROOT) + world.token());
            String own = "4," + (party.ordinal() + 5) + "," + PAGES;
            steps.add(valid(contract, party, "storeTrace", text("/v1/traces", own)));
            steps.add(valid(contract, party, "storeTrace", text("/v1/traces", PAGES)));
            steps.add(work(contract, party));
        }
        key(contract, steps, world, Party.ADA);
        key(contract, steps, world, Party.EVE);
        tenant(contract, steps, world);
        return steps;
    }

    private static Call text(String path, String pages) {
        return new Call("POST", path, List.of("Content-Type: text/x-pages"), pages);
    }

    private static void key(Contract contract, List<Step> steps, World world, Party of) {
        String tenant = of.tenant(world.token());
        String wish = "{\"role\":\"student\",\"student\":\"more\",\"tenant\":\"" + tenant + "\"}";
        steps.add(valid(contract, Party.ADMIN, "createKey", Call.json("POST", "/v1/keys", wish)));
    }

    private static void machine(Contract contract, List<Step> steps, Party party, String id) {
        String path = "/v1/machines/" + id;
        String plain =
                "{\"id\":\""
                        + id
                        + "\",\"frames\":8,\"addressBits\":16,\"translation\":{\"kind\":\"linear\"},\"tlb\":{\"entries\":4}}";
        steps.add(
                valid(contract, party, "createMachine", Call.json("POST", "/v1/machines", plain)));
        steps.add(
                valid(
                        contract,
                        party,
                        "createProcess",
                        Call.json("POST", path + "/processes", "{}")));
        for (String file : List.of("data", "code")) {
            Call put =
                    new Call(
                            "PUT",
                            path + "/files/" + file,
                            List.of("Content-Type: application/octet-stream"),
                            "bytes");
            steps.add(valid(contract, party, "putFile", put));
        }
        for (String group : List.of("left", "right")) {
            Call put = Call.json("PUT", path + "/groups/" + group, "{\"limit\":4}");
            steps.add(valid(contract, party, "putGroup", put));
        }
        String write = "{\"accesses\":[{\"op\":\"write\",\"address\":\"0x0\",\"value\":7}]}";
        Call access = Call.json("POST", path + "/processes/1/accesses", write);
        steps.add(valid(contract, party, "issueAccesses", access));
        Call mapping = Call.json("POST", path + "/kernel/mappings", "{\"frame\":0}");
        steps.add(valid(contract, party, "mapFrame", mapping));
    }

    /** Makes one thing of ada's, of the kind that a path's parameter names; nothing if none is. */
    static List<Step> thing(World world, String kind, String id) {
        Contract contract = world.contract();
        List<Step> steps = new ArrayList<>();
        switch (kind) {
            case "machine" -> {
                Call make =
                        Call.json("POST", "/v1/machines", "{\"id\":\"" + id + "\",\"frames\":8}");
                steps.add(valid(contract, Party.ADA, "createMachine", make));
                Call process = Call.json("POST", "/v1/machines/" + id + "/processes", "{}");
                steps.add(valid(contract, Party.ADA, "createProcess", process));
            }
            case "trace" -> {
                String pages = id.replaceAll("[^0-9]", "") + "," + PAGES;
                steps.add(valid(contract, Party.ADA, "storeTrace", text("/v1/traces", pages)));
            }
            case "operation" -> steps.add(work(contract, Party.ADA));
            case "key" -> key(contract, steps, world, Party.ADA);
            case "tenant" -> tenant(contract, steps, world);
            default -> {}
        }
        return steps;
    }

    private static void tenant(Contract contract, List<Step> steps, World world) {
        Call put = Call.json("PUT", "/v1/tenants/spare-" + world.token(), "{}");
        steps.add(valid(contract, Party.ADMIN, "putTenant", put));
    }

    private static Step work(Contract contract, Party party) {
        Call work =
                Call.json("POST", "/v1/comparisons/page-tables", "{}")
                        .with("Prefer: respond-async");
        return valid(contract, party, "comparePageTables", work);
    }

    private static Step valid(Contract contract, Party as, String operation, Call call) {
        return new Step.Valid(as, contract.operation(operation), call);
    }
}
