import { MetricUnit, Metrics } from '@aws-lambda-powertools/metrics';

/** CloudWatch namespace of all of Lethe's metrics. */
export const METRICS_NAMESPACE = 'Lethe';

/**
 * All metrics by name, with their unit. The only dimension is `service`, so that no value of an
 * event can become one; alarms in the stacks name them by this type.
 */
const UNITS = {
  RecordsKept: MetricUnit.Count,
  RecordsRedacted: MetricUnit.Count,
  RecordsFailed: MetricUnit.Count,
  /** The answer had no room for these records; see redact-events/answer-limit.ts. */
  RecordsFailedForRoom: MetricUnit.Count,
  BytesIn: MetricUnit.Bytes,
  BytesOut: MetricUnit.Bytes,
  SuppressionStaleness: MetricUnit.Milliseconds,
  RecordsAccepted: MetricUnit.Count,
  RecordsUnaccepted: MetricUnit.Count,
  RecordsResent: MetricUnit.Count,
  RecordsThrottled: MetricUnit.Count,
  /** Requests brought as far as they go now. */
  RequestsDriven: MetricUnit.Count,
  /** Requests that could not be driven; the watcher comes back to them. */
  RequestsFailed: MetricUnit.Count,
  /** Requests that are not at their end. */
  RequestsOpen: MetricUnit.Count,
  /** Age of the oldest open request, since its receipt. */
  OldestRequestAge: MetricUnit.Seconds,
  OldestMessageAge: MetricUnit.Seconds,
  /** Open requests past half of the law's period, and of those past 75 and 90 per cent. */
  RequestsPast50: MetricUnit.Count,
  RequestsPast75: MetricUnit.Count,
  RequestsPast90: MetricUnit.Count,
  /** Open requests past the law's deadline. */
  RequestsOverdue: MetricUnit.Count,
  /** Requests that should have been driven a quarter of an hour ago, and were not. */
  RequestsStuck: MetricUnit.Count,
  /** Requests that wait for a person: a failed store, a legal hold, an ambiguous identity. */
  RequestsWaiting: MetricUnit.Count,
  /** Packages, opened copies and dead letters' keys, taken away past their time. */
  ObjectsExpired: MetricUnit.Count,
  /** Orders that an executor carried out. */
  OrdersExecuted: MetricUnit.Count,
  EventsMerged: MetricUnit.Count,
  /** Messages put into the dead letters. */
  LettersBuried: MetricUnit.Count,
  /** Messages that will be delivered again. */
  MessagesAgain: MetricUnit.Count,
  AuditEntriesExported: MetricUnit.Count,
  /** Places of an audit chain that are neither exported nor in the table. */
  AuditGaps: MetricUnit.Count,
  /** Exported entries that differ from what the table now says. */
  AuditConflicts: MetricUnit.Count,
  /** Calls of the API that ended in a fault of ours. */
  ApiFaults: MetricUnit.Count,
  /** Membership filters written. */
  ObjectsIndexed: MetricUnit.Count,
  /** Objects that can have no filter, and are read by every search. */
  ObjectsWithoutFilter: MetricUnit.Count,
  /** Rows of the warehouse that a pass deleted or changed. */
  RowsForgotten: MetricUnit.Count,
  /** Passes over the warehouse that a safeguard stopped. */
  PassesStopped: MetricUnit.Count,
  /** Rows that are flagged and that no pass will take. */
  RowsLeft: MetricUnit.Count,
} as const;

export type MetricName = keyof typeof UNITS;

/** Counts of what happened, sent as one once the work is done. */
export interface Meter {
  add(name: MetricName, value: number): void;
  /** Writes what was added since the last time. */
  publish(): void;
}

/** Metrics in CloudWatch's embedded format on standard output, by Powertools. */
export function createMeter(serviceName: string): Meter {
  const metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName });
  let pending = false;
  return {
    add: (name, value) => {
      metrics.addMetric(name, UNITS[name], value);
      pending = true;
    },
    publish: () => {
      // Powertools warns of an empty set, each time.
      if (pending) metrics.publishStoredMetrics();
      pending = false;
    },
  };
}
