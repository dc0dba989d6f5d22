import type { Log, LogFields } from '../../lambdas/runtime/log.ts';
import type { Meter, MetricName } from '../../lambdas/runtime/metrics.ts';

/** Keeps what was logged. */
export function recordingLog(): Log & { lines: { message: string; fields: LogFields }[] } {
  const lines: { message: string; fields: LogFields }[] = [];
  const keep = (message: string, fields: LogFields = {}) => void lines.push({ message, fields });
  return { lines, info: keep, warn: keep, error: (message, _, fields) => keep(message, fields) };
}

/** Sums what was metered. */
export function recordingMeter(): Meter & { sums: Partial<Record<MetricName, number>> } {
  const sums: Partial<Record<MetricName, number>> = {};
  return {
    sums,
    add: (name, value) => {
      sums[name] = (sums[name] ?? 0) + value;
    },
    publish: () => undefined,
  };
}
