import { beforeEach, describe, expect, it } from 'vitest';
import {
  orchestrateRequests,
  type OrchestrateContext,
} from '../../../lambdas/orchestrate-requests/orchestrate-requests.ts';
import { EngineFixture, ID, OTHER_ID } from '../../core/requests/engine-fixture.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';
import { sequenceNumber, tableEvent } from '../stream-events.ts';

const LONG = () => 600_000;
const itemOf = (dsrId: string) => ({ request: { S: dsrId } });

describe('the orchestrator', () => {
  let engine: EngineFixture;
  const contextOf = (change: Partial<OrchestrateContext> = {}): OrchestrateContext => ({
    deps: engine.deps,
    requestIdOf: (item) => item['request']?.S,
    log: recordingLog(),
    meter: recordingMeter(),
    ...change,
  });

  beforeEach(() => {
    engine = new EngineFixture();
  });

  it('drives a request that was written: plans it and hands its orders on', async () => {
    await engine.submit({ type: 'access' });
    const answer = await orchestrateRequests(tableEvent([itemOf(ID)]), LONG, contextOf());
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(engine.get().tasks.length).toBeGreaterThan(0);
    expect(engine.tasks.records.length).toBeGreaterThan(0);
    expect(engine.get().outbox).toEqual([]);
  });

  it('drives a request once for all its writes in a batch', async () => {
    await engine.submit({ type: 'access' });
    const meter = recordingMeter();
    const event = tableEvent([itemOf(ID), itemOf(ID), itemOf(ID)]);
    await orchestrateRequests(event, LONG, contextOf({ meter }));
    expect(meter.sums.RequestsDriven).toBe(1);
  });

  it('passes over removals and items that are no requests', async () => {
    const meter = recordingMeter();
    const event = tableEvent([undefined, { audit: { S: 'entry' } }, {}]);
    expect(await orchestrateRequests(event, LONG, contextOf({ meter }))).toEqual({
      batchItemFailures: [],
    });
    expect(meter.sums.RequestsDriven).toBe(0);
  });

  it('lets one request’s fault be no other’s, and has the batch come again from it', async () => {
    await engine.submit({ type: 'access' });
    await engine.submit({ type: 'access', dsrId: OTHER_ID, controllerId: 'controller-2' });
    const log = recordingLog();
    const real = engine.deps.requests;
    const requests = Object.assign(Object.create(real) as typeof real, {
      load: (dsrId: string) =>
        dsrId === ID ? Promise.reject(new TypeError('secret')) : real.load(dsrId),
      save: (write: Parameters<typeof real.save>[0]) => real.save(write),
    });
    const event = tableEvent([{}, itemOf(ID), itemOf(OTHER_ID)]);
    const context = contextOf({ deps: { ...engine.deps, requests }, log });
    expect(await orchestrateRequests(event, LONG, context)).toEqual({
      batchItemFailures: [{ itemIdentifier: sequenceNumber(1) }],
    });
    expect(engine.get(OTHER_ID).version).toBeGreaterThan(1);
    expect(JSON.stringify(log.lines)).not.toContain('secret');
  });

  it('begins nothing that it might not end', async () => {
    const { version } = await engine.submit({ type: 'access' });
    const answer = await orchestrateRequests(tableEvent([itemOf(ID)]), () => 1_000, contextOf());
    expect(answer.batchItemFailures).toEqual([{ itemIdentifier: sequenceNumber(0) }]);
    expect(engine.get().version).toBe(version);
  });

  it('refuses an event that is not a table’s', async () => {
    await expect(
      orchestrateRequests({ Records: [{ dynamodb: {} }] }, LONG, contextOf()),
    ).rejects.toMatchObject({ name: 'MalformedEventError' });
  });
});
