"""Plays the README's first session with the generated client. The argument is the server's URL."""

import sys

import faultline
from faultline import (
    AccessBatchRequest,
    AccessColumnsRequest,
    AccessRequest,
    AreaRequest,
    MachineRequest,
    SweepRequest,
    SweepRequestPoliciesInner,
    TranslationRequest,
)
from faultline.rest import ApiException

MACHINE = "python-client"


def same(expected, found):
    assert expected == found, f"expected {expected}, found {found}"


def fails(status, call):
    try:
        call()
    except ApiException as problem:
        same(status, problem.status)
        return
    raise AssertionError(f"was to fail with {status}")


client = faultline.ApiClient(faultline.Configuration(host=sys.argv[1]))
machines = faultline.MachinesApi(client)
processes = faultline.ProcessesApi(client)
accesses = faultline.AccessesApi(client)


def issue(pid, *each):
    batch = AccessBatchRequest(accesses=list(each))
    return accesses.issue_accesses(MACHINE, pid, batch)


machine = machines.create_machine(
    machine_request=MachineRequest(
        id=MACHINE, frames=4, address_bits=16, translation=TranslationRequest(kind="linear"), tlb=None
    )
)
same(4, machine.frames)
same(faultline.PolicyName.CLOCK, machine.replacement.policy)

process = processes.create_process(MACHINE)
same(1, process.pid)
same(None, process.refused)

write = AccessRequest(op="write", address="0x1004", value=7)
read = AccessRequest(op="read", address="0x1004")
batch = issue(1, write, read)
same(faultline.FaultResolution.ZERO_MINUS_FILL, batch.results[0].fault.resolution)
same(None, batch.results[1].fault)

same(2, processes.fork_process(MACHINE, 1).pid)
frames = faultline.LookingInsideApi(client).list_frames(MACHINE)
same(2, len(frames.frames[0].mappings))

child = issue(2, AccessRequest(op="write", address="0x1004", value=8))
same(faultline.FaultResolution.COW_MINUS_COPY, child.results[0].fault.resolution)
same(7, issue(1, read).results[0].value)

# what was answered can be sent back
issue(1, AccessRequest(op=batch.results[0].op, address=batch.results[0].address))

trace = accesses.run_trace(
    MACHINE,
    1,
    AccessColumnsRequest(
        ops="rrrrrr", addresses=["0x2000", "0x3000", "0x4000", "0x5000", "0x6000", "0x1000"]
    ),
)
same(6, trace.accesses)

sweep = faultline.TracesApi(client).sweep(
    SweepRequest(
        pages=[1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5],
        policies=[SweepRequestPoliciesInner("fifo")],
        frames=[3, 4],
    )
)
same(1, len(sweep.anomalies))

refused = faultline.AreasApi(client).map_area(
    MACHINE, 1, AreaRequest(start="0x1000", length=4096, protection="rw-")
)
same("EEXIST", refused.refused.error)

fails(404, lambda: machines.get_machine("nothing-here"))
fails(412, lambda: machines.reset_machine(MACHINE, if_match='"v1"'))
print("played")
