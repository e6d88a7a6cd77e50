// Plays a part of the first session with fetch and the types that openapi-typescript makes.
import type { components, operations } from './api';

type Schemas = components['schemas'];
const server = process.argv[2];
const machine = 'typed-client';

async function post<T>(path: string, body: unknown): Promise<T> {
    const answer = await fetch(server + path, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
    });
    if (!answer.ok) {
        throw new Error(`${path}: ${await answer.text()}`);
    }
    return await answer.json() as T;
}

async function play(): Promise<void> {
    const spec: Schemas['MachineRequest'] = { id: machine, frames: 4, tlb: null };
    await post<Schemas['MachineBody']>('/v1/machines', spec);
    const made = await post<Schemas['ProcessOrRefusal']>(`/v1/machines/${machine}/processes`, {});
    const accesses: Schemas['AccessBatchRequest'] = {
        accesses: [{ op: 'write', address: '0x1004', value: 7 }],
    };
    type Batch = operations['issueAccesses']['responses']['200']['content']['application/json'];
    const batch = await post<Batch>(`/v1/machines/${machine}/processes/${made.pid}/accesses`, accesses);
    const resolution: Schemas['FaultResolution'] | undefined = batch.results[0].fault?.resolution;
    if (resolution !== 'zero-fill') {
        throw new Error(`found ${resolution}`);
    }
    console.log('played');
}

play().catch(failure => {
    console.error(failure);
    process.exit(1);
});
