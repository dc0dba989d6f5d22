import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { METRICS_NAMESPACE, MetricName } from '../../lambdas/runtime/metrics.ts';
import { ALARM_PERIOD } from '../constructs/alarm-topic.ts';

/** A count that a function writes itself; `service` is its folder below lambdas/. */
export function letheMetric(service: string, metricName: MetricName): Metric {
  const namespace: typeof METRICS_NAMESPACE = 'Lethe';
  return new Metric({
    namespace,
    metricName,
    dimensionsMap: { service },
    statistic: 'Sum',
    period: ALARM_PERIOD,
  });
}
