import { describe, expect, it } from 'vitest';
import { eraseObjects } from '../../../lambdas/erase-objects/erase-objects.ts';
import { rememberCriteria } from '../../../lambdas/runtime/run-orders.ts';
import { searchObjects } from '../../../lambdas/search-objects/search-objects.ts';
import { steerRun } from '../../../lambdas/steer-run/steer-run.ts';
import type { RunRequest } from '../../../lib/core/erasure/run/run.ts';
import { sealCriteria } from '../../../lib/core/erasure/run/sealed-orders.ts';
import { SeededRandom } from '../../../lib/simulation/seeded-random.ts';
import { runDefinition } from '../../../lib/stacks/archive/run-definition.ts';
import { everything, openWorld, put, row, textOf } from '../../core/erasure/run/run-world.ts';
import { memoryErasureOrders } from '../../fakes/memory-run-store.ts';
import { memoryObjectStore } from '../../fakes/memory-object-store.ts';
import { recordingLog } from '../../fakes/recording-log.ts';
import { interpret, type World as Machinery } from './interpret.ts';
import { machineSchema, nextStates } from './states.ts';

const PARTS = { steer: 'steer', search: 'search', erase: 'erase', files: 'files', mostAtOnce: 4 };
const machine = machineSchema.parse(runDefinition(PARTS));

/** Before and after the function's work. */
type Trouble = (fn: string, payload: { step?: string }, at: 'before' | 'after') => void;

/** An archive, orders that wait, and the real functions behind the machine. */
function setUp(changes: Partial<RunRequest> = {}) {
  const world = openWorld();
  const orders = memoryErasureOrders();
  const files = memoryObjectStore(world.clock);
  const deps = { ...world, orders, clock: world.clock };
  const holders: string[] = [];
  const settings = {
    places: [{ prefix: 'data/', format: 'jsonl' as const }],
    ...{ maximumProportion: 0.9, drain: 0, undoWindow: 0 },
    ...changes,
  };
  const steering = {
    deps,
    archive: { store: 'archive', settings },
    lease: {
      take: (holder: string) => {
        if (holders.length > 0 && !holders.includes(holder)) return Promise.resolve(false);
        holders.splice(0, 1, holder);
        return Promise.resolve(true);
      },
      release: (holder: string) => {
        if (holders[0] === holder) holders.pop();
        return Promise.resolve();
      },
    },
    files,
    log: recordingLog(),
    until: Infinity,
  };
  const working = { deps, criteriaOf: rememberCriteria(deps), log: recordingLog() };
  const calls: string[] = [];
  let ordered = 0;
  const order = async (id: string, receivedAt = world.now) => {
    const named = { orderId: `dsr-${++ordered}/archive`, attempt: 1 };
    const criteria = await sealCriteria(deps, named, [JSON.stringify({ match: { id } })]);
    await orders.save({ ...named, version: 1, store: 'archive', receivedAt, criteria });
  };
  const run = (trouble: Trouble = () => undefined, executionArn = 'arn:execution:1') => {
    const machinery: Machinery = {
      executionArn,
      invoke: async (fn, payload) => {
        const { step = '' } = payload as { step?: string };
        calls.push(step);
        trouble(fn, { step }, 'before');
        const answer =
          fn === PARTS.steer
            ? await steerRun(payload, steering)
            : fn === PARTS.search
              ? await searchObjects(payload, working)
              : await eraseObjects(payload, working);
        trouble(fn, { step }, 'after');
        return answer;
      },
      readObject: (_bucket, key) => textOf(files, key),
      writeObject: async (_bucket, key, text) => {
        await put(files, key, text);
      },
      now: () => world.now,
      sleepUntil: (time) => {
        world.now = Math.max(world.now, time);
        return Promise.resolve();
      },
    };
    return interpret(machine, {}, machinery);
  };
  return { world, orders, files, run, order, calls, steering };
}

const stateOf = (outcome: Awaited<ReturnType<ReturnType<typeof setUp>['run']>>) =>
  outcome.status === 'SUCCEEDED' ? (outcome.output as { state: string }).state : outcome.error;

async function fill(world: ReturnType<typeof openWorld>, objects = 5) {
  for (let at = 0; at < objects; at++) {
    await put(world.objects, `data/${at}`, row('alice') + row('carol', at));
    await put(world.objects, `data/${at}`, row('carol', at) + row('alice', at) + row('dave'));
  }
}

describe('the state machine of archive runs', () => {
  it('leads from every state to an end, and to no state that is not there', () => {
    const names = Object.keys(machine.States);
    for (const [name, state] of Object.entries(machine.States)) {
      for (const next of nextStates(state)) expect(names, name).toContain(next);
    }
    const reached = new Set<string>();
    const visit = (name: string): void => {
      if (reached.has(name)) return;
      reached.add(name);
      for (const next of nextStates(machine.States[name]!)) visit(next);
    };
    visit(machine.StartAt);
    expect([...reached].sort()).toEqual(names.sort());
  });

  it('takes the rows of all that wait out of every version, with a certificate, and closes their orders', async () => {
    const { world, orders, run, order } = setUp();
    await fill(world);
    await order('alice');
    await order('dave');
    expect(stateOf(await run())).toBe('done');
    expect(await everything(world.objects)).toEqual(
      [0, 1, 2, 3, 4].map((at) => `data/${at}: ${row('carol', at)}`),
    );
    const proofs = await everything(world.certificates);
    // The certificate, and the head of the chain that it is the first of.
    expect(proofs.map((text) => text.split('/')[0]).sort()).toEqual(['certificates', 'chains']);
    expect(proofs.join()).not.toMatch(/alice|dave|carol|data\/\d/);
    for await (const open of orders.open()) expect(open).toBeUndefined();
  });

  it('lists an archive that one call has no time for in several, at the start and after it', async () => {
    const { world, run, order, calls, steering } = setUp();
    for (let at = 0; at < 2_100; at++) {
      await put(world.objects, `data/${at}`, row(at === 7 ? 'alice' : 'carol') + row('dave'));
    }
    await order('alice');
    steering.until = 0;
    expect(stateOf(await run())).toBe('done');
    expect((await everything(world.objects)).join()).not.toContain('alice');
    expect(calls.filter((step) => step === 'plan')).toHaveLength(3);
    expect(calls.filter((step) => step === 'settle')).toHaveLength(4);
    const proofs = await everything(world.certificates);
    expect(proofs.join()).toContain('"objects":2100');
  });

  it('ends at once when nobody waits, and reads nothing', async () => {
    const { world, run, calls } = setUp();
    await fill(world);
    expect(stateOf(await run())).toBe('nothing');
    expect(calls).toEqual(['begin']);
  });

  it('ends well over an archive without an object', async () => {
    const { run, order } = setUp();
    await order('alice');
    expect(stateOf(await run())).toBe('done');
  });

  it('stops before any write when more matches than may', async () => {
    const { world, run, order, calls } = setUp({ maximumProportion: 0.1 });
    await fill(world);
    const before = await everything(world.objects);
    await order('alice');
    expect(stateOf(await run())).toBe('stopped');
    expect(await everything(world.objects)).toEqual(before);
    expect(calls).not.toContain('forget');
  });

  it('waits for data in flight, and takes up what has landed meanwhile', async () => {
    const { world, run, order } = setUp({ drain: 3_600_000 });
    await fill(world, 2);
    await order('alice');
    const startedAt = world.now;
    let landed = false;
    const outcome = await run((_fn, { step }) => {
      if (step !== 'settle' || landed) return;
      landed = true;
      void put(world.objects, 'data/late', row('alice') + row('erin'));
    });
    expect(stateOf(outcome)).toBe('done');
    expect(world.now - startedAt).toBeGreaterThanOrEqual(3_600_000);
    expect(await textOf(world.objects, 'data/late')).toBe(row('erin'));
    expect((await everything(world.objects)).join()).not.toContain('alice');
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'ends the same when functions are throttled and die before or after their work (seed %i)',
    async (seed) => {
      const { world, run, order } = setUp();
      await fill(world, 3);
      await order('alice');
      const random = new SeededRandom(seed);
      const trouble: Trouble = (_fn, _payload, at) => {
        if (random.fraction() > 0.3) return;
        const error = new Error('trouble');
        error.name = at === 'before' ? 'Lambda.TooManyRequestsException' : 'Runtime.ExitError';
        throw error;
      };
      const outcome = await run(trouble);
      // A step that fails more often than it is tried fails the execution; another one goes on.
      const last = outcome.status === 'FAILED' ? await run(undefined, 'arn:execution:1') : outcome;
      expect(stateOf(last)).toMatch(/done|nothing/);
      expect((await everything(world.objects)).join()).not.toContain('alice');
      expect(await textOf(world.objects, 'data/1')).toBe(row('carol', 1) + row('dave'));
      const proofs = await everything(world.certificates);
      expect(proofs.filter((text) => text.startsWith('certificates/'))).toHaveLength(1);
    },
  );

  it('fails, and loudly, when a batch cannot be verified: it is never called done', async () => {
    const { world, run, order } = setUp();
    await fill(world);
    await order('alice');
    const outcome = await run((_fn, { step }) => {
      if (step === 'verify') throw new Error('out of memory');
    });
    expect(stateOf(outcome)).toBe('States.ExceedToleratedFailureThreshold');
    expect(await everything(world.certificates)).toEqual([]);
    // Once the cause is mended, another execution ends what was begun.
    expect(stateOf(await run(undefined, 'arn:execution:1'))).toBe('done');
  });

  it('lets no second execution work on what the first is at', async () => {
    const { world, run, order, steering, calls } = setUp();
    await fill(world);
    await order('alice');
    await steering.lease.take('arn:execution:other');
    expect(stateOf(await run())).toBe('elsewhere');
    expect(calls).toEqual(['begin']);
  });
});
