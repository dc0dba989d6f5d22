import type { Period, Regime } from './regime.ts';

const oneMonth: Period = {
  length: { months: 1 },
  extended: { months: 3 },
  extensionReasons: ['complexity', 'number-of-requests'],
  rollsToWorkingDay: true,
};

/**
 * GDPR Art. 12(3): one month from receipt, two further months where complexity or number make it
 * necessary, said within the first month. Counted by Regulation (EEC) 1182/71 as EDPB Guidelines
 * 01/2022, paras 157-163, read it: to the day of the same date, to the month's last day where that
 * date is missing, and over weekends and holidays to the next working day. The time for which a
 * controller with reasonable doubts waits for the subject's answer does not count (Art. 12(6)).
 */
export const GDPR: Regime = {
  name: 'GDPR',
  period: oneMonth,
  pauses: ['identity-doubt', 'clarification'],
  types: ['access', 'portability', 'rectification', 'erasure', 'restriction', 'objection'],
};

const fortyFiveDays: Period = {
  length: { days: 45 },
  extended: { days: 90 },
  extensionReasons: ['complexity', 'number-of-requests', 'reasonably-necessary'],
  rollsToWorkingDay: false,
};
const fifteenBusinessDays: Period = { length: { businessDays: 15 }, rollsToWorkingDay: false };

/**
 * CCPA as amended by CPRA: 45 calendar days from receipt, however long verification takes, once
 * lengthened to 90 in all (Cal. Civ. Code 1798.130(a)(2)(A); 11 CCR 7021(b)); receipt confirmed
 * within 10 business days (11 CCR 7021(a)); opt-outs and limits of use within 15 business days
 * (11 CCR 7026(f), 7027(g)).
 */
export const CCPA: Regime = {
  name: 'CCPA/CPRA',
  period: fortyFiveDays,
  periodByType: { objection: fifteenBusinessDays, restriction: fifteenBusinessDays },
  acknowledgeWithinBusinessDays: 10,
  pauses: [],
  types: ['access', 'portability', 'rectification', 'erasure', 'restriction', 'objection'],
};

/** The period that a regime gives a type. */
export function periodOf(regime: Regime, type: Regime['types'][number]): Period {
  return regime.periodByType?.[type] ?? regime.period;
}
