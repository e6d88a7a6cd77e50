// Plays the README's first session with the generated client. The argument is the server's URL.
import {
    AccessesApi, AreasApi, Configuration, FaultResolution, LookingInsideApi, MachinesApi, PolicyName,
    ProcessesApi, ResponseError, TracesApi, type AccessRequest, type BatchBody,
} from './client/src/index';

const machine = 'typescript-client';
const configuration = new Configuration({ basePath: process.argv[2] });
const machines = new MachinesApi(configuration);
const processes = new ProcessesApi(configuration);
const accesses = new AccessesApi(configuration);

function same(expected: unknown, found: unknown): void {
    if (expected !== found) {
        throw new Error(`expected ${expected}, found ${found}`);
    }
}

async function fails(status: number, call: Promise<unknown>): Promise<void> {
    try {
        await call;
    } catch (problem) {
        same(status, (problem as ResponseError).response.status);
        return;
    }
    throw new Error(`was to fail with ${status}`);
}

function issue(pid: number, ...each: AccessRequest[]): Promise<BatchBody> {
    return accesses.issueAccesses({ machine, pid, accessBatchRequest: { accesses: each } });
}

async function play(): Promise<void> {
    const made = await machines.createMachine({
        machineRequest: { id: machine, frames: 4, addressBits: 16, translation: { kind: 'linear' }, tlb: null },
    });
    same(4, made.frames);
    same(PolicyName.Clock, made.replacement.policy);

    const first = await processes.createProcess({ machine });
    same(1, first.pid);
    same(undefined, first.refused);

    const write: AccessRequest = { op: 'write', address: '0x1004', value: 7 };
    const read: AccessRequest = { op: 'read', address: '0x1004' };
    const batch = await issue(1, write, read);
    same(FaultResolution.ZeroFill, batch.results[0].fault?.resolution);
    same(null, batch.results[1].fault);

    same(2, (await processes.forkProcess({ machine, pid: 1 })).pid);
    const frames = await new LookingInsideApi(configuration).listFrames({ machine });
    same(2, frames.frames[0].mappings.length);

    const child = await issue(2, { ...write, value: 8 });
    same(FaultResolution.CowCopy, child.results[0].fault?.resolution);
    same(7, (await issue(1, read)).results[0].value);

    // what was answered can be sent back
    const { op, address } = batch.results[0];
    await issue(1, { op, address });

    const trace = await accesses.runTrace({
        machine,
        pid: 1,
        accessColumnsRequest: {
            ops: 'rrrrrr',
            addresses: ['0x2000', '0x3000', '0x4000', '0x5000', '0x6000', '0x1000'],
        },
    });
    same(6, trace.accesses);

    const sweep = await new TracesApi(configuration).sweep({
        sweepRequest: { pages: [1, 2, 3, 4, 1, 2, 5, 1, 2, 3, 4, 5], policies: ['fifo'], frames: [3, 4] },
    });
    same(1, sweep.anomalies?.length);

    const refused = await new AreasApi(configuration).mapArea({
        machine, pid: 1, areaRequest: { start: '0x1000', length: 4096, protection: 'rw-' },
    });
    same('EEXIST', refused.refused?.error);

    await fails(404, machines.getMachine({ machine: 'nothing-here' }));
    await fails(412, machines.resetMachine({ machine, ifMatch: '"v1"' }));
    console.log('played');
}

play().catch(failure => {
    console.error(failure);
    process.exit(1);
});
