import { beforeEach, describe, expect, it } from 'vitest';
import { auditArchive, auditKey } from '../../../lambdas/export-audit/audit-archive.ts';
import {
  exportAudit,
  type ExportAuditContext,
} from '../../../lambdas/export-audit/export-audit.ts';
import type { AuditEntry } from '../../../lib/core/audit/audit-entry.ts';
import { verifyChain } from '../../../lib/core/audit/chain.ts';
import { EngineFixture, ID } from '../../core/requests/engine-fixture.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../../fakes/memory-object-store.ts';
import { recordingLog, recordingMeter } from '../../fakes/recording-log.ts';
import { sequenceNumber, tableEvent } from '../stream-events.ts';

const itemOf = (entry: AuditEntry) => ({ entry: { S: JSON.stringify(entry) } });

describe('the audit export', () => {
  let engine: EngineFixture;
  let objects: MemoryObjectStore;
  let trail: readonly AuditEntry[];
  let meter: ReturnType<typeof recordingMeter>;
  const contextOf = (change: Partial<ExportAuditContext> = {}): ExportAuditContext => ({
    archive: auditArchive(objects),
    requests: engine.requests,
    auditEntryOf: (item) =>
      item['entry']?.S === undefined ? undefined : (JSON.parse(item['entry'].S) as AuditEntry),
    log: recordingLog(),
    meter,
    ...change,
  });
  const run = (entries: readonly AuditEntry[], change: Partial<ExportAuditContext> = {}) =>
    exportAudit(tableEvent(entries.map(itemOf)), contextOf(change));
  const exported = async (): Promise<AuditEntry[]> => {
    const entries: AuditEntry[] = [];
    for await (const { key } of objects.list('audit/')) {
      const stored = await objects.get(key);
      const chunks: Uint8Array[] = [];
      for await (const chunk of stored!.body) chunks.push(chunk);
      for (const line of Buffer.concat(chunks).toString('utf8').trimEnd().split('\n')) {
        entries.push(JSON.parse(line) as AuditEntry);
      }
    }
    return entries;
  };

  beforeEach(async () => {
    engine = new EngineFixture();
    objects = memoryObjectStore({ now: () => 0 });
    meter = recordingMeter();
    await engine.submit({ type: 'access' });
    await engine.settle();
    trail = engine.requests.peekTrail(ID);
    expect(trail.length).toBeGreaterThan(5);
  });

  it('writes each entry under its place, so that the chain verifies from the objects alone', async () => {
    expect(await run(trail)).toEqual({ batchItemFailures: [] });
    expect(verifyChain(ID, await exported(), engine.get().audit)).toMatchObject({ kind: 'whole' });
    expect(meter.sums).toMatchObject({ AuditEntriesExported: trail.length, AuditGaps: 0 });
  });

  it('does a delivery twice as once', async () => {
    await run(trail);
    const before = await exported();
    meter = recordingMeter();
    await run(trail);
    expect(await exported()).toEqual(before);
    expect(meter.sums).toMatchObject({ AuditEntriesExported: 0, AuditConflicts: 0 });
  });

  it('fetches from the table what the stream has lost', async () => {
    await run([trail.at(-1)!]);
    expect(verifyChain(ID, await exported(), engine.get().audit)).toMatchObject({ kind: 'whole' });
    expect(meter.sums).toMatchObject({ AuditEntriesExported: trail.length, AuditGaps: 0 });
  });

  it('counts what is lost in the table too as gaps, and exports the rest', async () => {
    const requests = {
      async *auditTrail() {
        yield* await Promise.resolve(trail.filter(({ seq }) => seq !== 2 && seq !== 4));
      },
    };
    const last = trail.at(-1)!;
    await run([last], { requests });
    expect(meter.sums.AuditGaps).toBe(2);
    expect((await exported()).map(({ seq }) => seq)).toEqual(
      trail.map(({ seq }) => seq).filter((seq) => seq !== 2 && seq !== 4),
    );
  });

  it('never writes over an entry, and counts one that stands there otherwise', async () => {
    const [first] = trail;
    await run([first!]);
    await run([{ ...first!, action: 'forged' }]);
    expect(meter.sums.AuditConflicts).toBe(1);
    expect((await exported())[0]).toEqual(first);
  });

  it('counts an entry that cannot be read as a conflict, and exports the others', async () => {
    const items = [{ entry: { S: '{' } }, itemOf(trail[0]!)];
    const answer = await exportAudit(tableEvent(items), contextOf());
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(meter.sums).toMatchObject({ AuditEntriesExported: 1, AuditConflicts: 1 });
  });

  it('passes over items that are no audit entries', async () => {
    const event = tableEvent([undefined, {}, { request: { S: ID } }]);
    const answer = await exportAudit(event, contextOf());
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(await exported()).toEqual([]);
  });

  it('has the batch come again from the first entry that could not be written', async () => {
    const real = auditArchive(objects);
    let failing = true;
    const archive = {
      ...real,
      add: (entry: AuditEntry) =>
        failing && entry.seq >= 3 ? Promise.reject(new Error('down')) : real.add(entry),
    };
    const answer = await run(trail, { archive });
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: sequenceNumber(2) }] });
    failing = false;
    await run(trail.slice(2), { archive });
    expect(verifyChain(ID, await exported(), engine.get().audit)).toMatchObject({ kind: 'whole' });
  });

  it('names objects so that they sort as the entries follow one another', () => {
    const names = [1, 2, 10, 99, 100, 12_345_678].map((seq) => auditKey({ dsrId: ID, seq }));
    expect([...names].sort()).toEqual(names);
  });
});
