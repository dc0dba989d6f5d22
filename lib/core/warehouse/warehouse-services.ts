import { createHmac } from 'node:crypto';
import { subjectHash } from '../identity/subject-hash.ts';
import type { DataMap } from '../data-map/schema.ts';
import type { Clock } from '../ports/clock.ts';
import type { Crosswalk } from '../ports/crosswalk.ts';
import type { ServiceCall, ServiceReply, Services } from '../ports/services.ts';
import { isPassing, type SqlFault, type Warehouse, WarehouseError } from '../ports/warehouse.ts';
import type { Identity } from '../requests/model/request.ts';
import { type BlastRadius, deleteForgotten } from './erasure/delete-forgotten.ts';
import type { ErasureLedger } from './erasure/erasure-ledger.ts';
import type { ErasureOrder, RequestFacts } from './erasure/erasure-order.ts';
import { flagSubject } from './erasure/flag-subject.ts';
import { readErasure } from './erasure/read-erasure.ts';
import { deleteAfter, type DeletionSchedule } from './erasure/schedule.ts';
import { undoFlag } from './erasure/undo-flag.ts';
import { countRows, gatherRows, rectifyRows } from './subject-rows.ts';
import { warehouseTables, type WarehouseTable } from './warehouse-table.ts';
import { writtenKeys } from './written-keys.ts';

export interface WarehouseServicesOptions {
  readonly warehouse: Warehouse;
  readonly dataMap: DataMap;
  readonly clock: Clock;
  readonly crosswalk: Crosswalk;
  readonly ledger: ErasureLedger;
  readonly schedule: DeletionSchedule;
  readonly radius: BlastRadius;
  /** Of subject hashes and pseudonyms; 32 bytes. */
  readonly hashKey: Uint8Array;
  /** What the audit table tells of a request. */
  readonly facts: (dsrId: string) => Promise<RequestFacts>;
  /** How long snapshots live, ms: 29 days at most by default (docs/warehouse.md). */
  readonly backupsKept: number;
}

const DAY = 24 * 60 * 60 * 1_000;
/** A pass may be so late before its rows count as not erased, ms. */
const LATEST_PASS = DAY;

/**
 * The tables of the warehouse as stores of the request engine. An erasure hides the rows at once and
 * answers `done` with `undoableUntil`, at which the scheduled pass deletes them; where that time has
 * come already the pass is made in the call. Rows that a pass is overdue for count as not erased.
 */
export function warehouseServices(options: WarehouseServicesOptions): Services {
  const { warehouse, dataMap, clock } = options;
  const tables = warehouseTables(dataMap, warehouse.dialect);
  const tableOf = (store: string) => tables.find((table) => table.store === store);
  return {
    call: async (call) => {
      const table = tableOf(call.store);
      if (table === undefined) return failed('no-such-store', false);
      try {
        return await perform(options, tables, table, call);
      } catch (error) {
        if (!(error instanceof WarehouseError)) throw error;
        return refused(error.fault);
      }
    },
    lookUp: async (store, identities) => {
      const table = tableOf(store);
      if (table === undefined) return { kind: 'failed', code: 'no-such-store' };
      try {
        const known = writtenKeys(dataMap, identities);
        const { all, erasable } = await countRows(
          warehouse,
          table,
          known,
          clock.now() - LATEST_PASS,
        );
        if (all === 0 || (erasable === 0 && !table.isExempt)) return { kind: 'absent' };
        return { kind: 'present', erasable: table.isExempt ? 0 : erasable };
      } catch (error) {
        if (!(error instanceof WarehouseError)) throw error;
        return { kind: 'failed', code: `warehouse-${error.fault}` };
      }
    },
  };
}

async function perform(
  options: WarehouseServicesOptions,
  tables: readonly WarehouseTable[],
  table: WarehouseTable,
  call: ServiceCall,
): Promise<ServiceReply> {
  const { warehouse, clock } = options;
  const taskKey = `${call.dsrId}/${call.taskId}`;
  const token = `${taskKey}/${call.operation}/${call.attempt}`;
  if (call.operation === 'undo') return undo(options, table, taskKey, token);
  if (call.operation === 'erase' && table.isExempt) return exempt(table, clock.now());
  const identities = await allKeys(options, call.identities);
  if (identities === undefined) return failed('crosswalk-ambiguous', false);
  switch (call.operation) {
    case 'gather': {
      const records = await gatherRows(warehouse, table, identities);
      if (records.length === 0) return { kind: 'no-data' };
      return { kind: 'done', affected: records.length, data: { kind: 'inline', records } };
    }
    case 'rectify': {
      const { corrections = {} } = call;
      const outcome = await rectifyRows(warehouse, table, identities, corrections, token);
      if (outcome.kind === 'failed') return refused(outcome.fault);
      return outcome.rows === 0 ? { kind: 'no-data' } : { kind: 'done', affected: outcome.rows };
    }
    case 'restrict':
    case 'object': {
      const order = await orderOf(options, call, taskKey, 'restrict', identities);
      const outcome = await flagSubject(warehouse, table, order, clock.now(), token);
      if (outcome.kind === 'failed') return refused(outcome.fault);
      return outcome.rows === 0 ? { kind: 'no-data' } : { kind: 'done', affected: outcome.rows };
    }
    case 'erase':
      return erase(options, tables, table, {
        order: await orderOf(options, call, taskKey, 'erase', identities),
        token,
      });
  }
}

async function erase(
  options: WarehouseServicesOptions,
  tables: readonly WarehouseTable[],
  table: WarehouseTable,
  { order, token }: { order: ErasureOrder; token: string },
): Promise<ServiceReply> {
  const { warehouse, clock, ledger, radius, backupsKept } = options;
  const { taskKey } = order;
  const now = clock.now();
  if ((await readErasure(warehouse, taskKey)) === undefined) {
    await ledger.put(order, (order.deleteAfter ?? now) + backupsKept);
  }
  const flagged = await flagSubject(warehouse, table, order, now, token);
  if (flagged.kind === 'failed') return refused(flagged.fault);
  if (flagged.kind === 'undone') return failed('undone', false);
  if (flagged.rows === 0) return { kind: 'no-data' };
  let known = await readErasure(warehouse, taskKey);
  if (known?.state === 'flagged' && (known.deleteAfter ?? 0) <= now) {
    const outcome = await deleteForgotten(
      { warehouse, tables, radius },
      now,
      `run-${now}-${taskKey}`.slice(0, 64),
    );
    if (outcome.kind === 'failed') return refused(outcome.fault);
    if (outcome.kind === 'stopped') {
      return failed(outcome.reason, outcome.reason === 'rows-left');
    }
    known = await readErasure(warehouse, taskKey);
  }
  const gone = known?.deletedAt ?? known?.deleteAfter ?? now;
  return {
    kind: 'done',
    affected: flagged.rows,
    backupsExpireAt: gone + backupsKept,
    ...(known?.state === 'flagged' && { undoableUntil: gone }),
  };
}

async function undo(
  { warehouse, ledger, clock }: WarehouseServicesOptions,
  table: WarehouseTable,
  taskKey: string,
  token: string,
): Promise<ServiceReply> {
  const outcome = await undoFlag(warehouse, table, taskKey, clock.now(), token);
  switch (outcome.kind) {
    case 'failed':
      return refused(outcome.fault);
    case 'lapsed':
      return failed('undo-lapsed', false);
    case 'undone':
      await ledger.remove(taskKey);
      return outcome.rows === 0 ? { kind: 'no-data' } : { kind: 'done', affected: outcome.rows };
  }
}

/** The subject's natural keys: those given, and those that the crosswalk adds. */
async function allKeys(
  { crosswalk, dataMap }: WarehouseServicesOptions,
  given: readonly Identity[],
): Promise<readonly Identity[] | undefined> {
  const found = await crosswalk.resolve(given);
  if (found.kind === 'ambiguous') return undefined;
  if (found.kind === 'failed') throw new WarehouseError('unavailable');
  return writtenKeys(dataMap, [...given, ...(found.kind === 'resolved' ? found.identities : [])]);
}

async function orderOf(
  { dataMap, clock, schedule, hashKey, facts }: WarehouseServicesOptions,
  { dsrId, store, identities: given }: ServiceCall,
  taskKey: string,
  kind: ErasureOrder['kind'],
  identities: readonly Identity[],
): Promise<ErasureOrder> {
  const told = await facts(dsrId);
  const [first] = given;
  return {
    ...{ taskKey, store, kind, identities, facts: told },
    subject: first === undefined ? '' : subjectHash(hashKey, dataMap, first),
    pseudonym: `p-${createHmac('sha256', hashKey).update(`pseudonym/${dsrId}`).digest('hex').slice(0, 24)}`,
    ...(kind === 'erase' && { deleteAfter: deleteAfter(schedule, clock.now(), told.dueAt) }),
  };
}

function exempt({ map: { exemption } }: WarehouseTable, now: number): ServiceReply {
  if (exemption === undefined) return { kind: 'exempt', basis: 'data map: every column is kept' };
  return {
    kind: 'exempt',
    basis: exemption.basis,
    keptUntil: now + exemption.retainDays * DAY,
  };
}

function refused(fault: SqlFault): ServiceReply {
  return failed(`warehouse-${fault}`, isPassing(fault));
}

function failed(code: string, retryable: boolean): ServiceReply {
  return { kind: 'failed', code, retryable };
}
