import type { AlarmTopic } from '../../constructs/alarm-topic.ts';
import { letheMetric } from '../lethe-metric.ts';
import type { MetricName } from '../../../lambdas/runtime/metrics.ts';

interface Ring {
  readonly service: string;
  readonly metric: MetricName;
  readonly above?: number;
  readonly meaning: string;
}

/** A survey comes each quarter of an hour; what it counts stands until the next. */
const SURVEYED: readonly Ring[] = [
  {
    service: 'watch-deadlines',
    metric: 'RequestsPast50',
    meaning: 'Requests are past half of the time that the law gives: see what they wait for.',
  },
  {
    service: 'watch-deadlines',
    metric: 'RequestsPast75',
    meaning:
      'Requests are past three quarters of the time that the law gives: end them, or extend in time.',
  },
  {
    service: 'watch-deadlines',
    metric: 'RequestsPast90',
    meaning: 'Requests are past nine tenths of the time that the law gives: end them now.',
  },
  {
    service: 'watch-deadlines',
    metric: 'RequestsOverdue',
    meaning: 'The law is broken: requests are past their deadline. Tell the privacy officer.',
  },
  {
    service: 'watch-deadlines',
    metric: 'RequestsStuck',
    meaning:
      'Requests should have been driven a quarter of an hour ago, or their messages did not go out: see the logs of watch-deadlines and orchestrate-requests.',
  },
  {
    service: 'watch-deadlines',
    metric: 'RequestsWaiting',
    meaning: 'Requests wait for a person: approve, release, answer or retry them.',
  },
  {
    service: 'watch-deadlines',
    metric: 'OldestRequestAge',
    // 45 days, in which CCPA wants an answer and after which GDPR wants a reason.
    above: 45 * 24 * 3_600,
    meaning: 'A request is open for longer than 45 days: only an extension can justify it.',
  },
  {
    service: 'watch-deadlines',
    metric: 'OldestMessageAge',
    above: 3_600,
    meaning:
      'A notice or an order has waited for an hour to go out: see the logs of watch-deadlines and orchestrate-requests, and whether SES, SNS and the task stream take anything.',
  },
];

const COUNTED: readonly Ring[] = [
  {
    service: 'watch-deadlines',
    metric: 'RequestsFailed',
    meaning: 'Requests could not be driven: see the log of watch-deadlines; it tries again.',
  },
  ...(['merge-events', 'execute-tasks'] as const).map((service): Ring => ({
    service,
    metric: 'LettersBuried',
    meaning: `${service} put messages among the dead letters: look at their reasons (redrive with dryRun), mend the cause, redrive.`,
  })),
  {
    service: 'export-audit',
    metric: 'AuditGaps',
    meaning: 'The audit chain has places that are nowhere: verify it (lethe verify audit).',
  },
  {
    service: 'export-audit',
    metric: 'AuditConflicts',
    meaning: 'The table tells of an audit entry otherwise than its export: somebody changed it.',
  },
  {
    service: 'handle-api',
    metric: 'ApiFaults',
    meaning: 'Calls of the API ended in a fault of ours: see the log of handle-api.',
  },
];

/** Rings for what the functions count, beside what every function and stream rings for. */
export function watchRequests(alarms: AlarmTopic): void {
  const rings = [
    ...SURVEYED.map((ring) => ({ ...ring, statistic: 'Maximum', periods: 3 })),
    ...COUNTED.map((ring) => ({ ...ring, statistic: 'Sum', periods: 1 })),
  ];
  for (const { service, metric, above = 0, meaning, statistic, periods } of rings) {
    const name = service.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
    alarms.watch(`${name}${metric}`, {
      metric: letheMetric(service, metric).with({ statistic }),
      above,
      meaning,
      // Of three periods of 5 minutes one has a survey.
      evaluationPeriods: periods,
      datapointsToAlarm: 1,
    });
  }
}
