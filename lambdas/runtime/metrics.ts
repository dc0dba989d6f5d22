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
