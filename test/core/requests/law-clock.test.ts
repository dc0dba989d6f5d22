import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  extendClock,
  pauseClock,
  resumeClock,
  startClock,
  stopClock,
  tickClock,
  type ClockState,
  type LawContext,
} from '../../../lib/core/requests/law/law-clock.ts';
import { CCPA, GDPR } from '../../../lib/core/requests/law/regimes.ts';

const DAY = 86_400_000;
const utc = (date: string) => Date.parse(`${date}T12:00:00Z`);

function law(
  change: Partial<LawContext> & { timeZone?: string; holidays?: string[] } = {},
): LawContext {
  const { timeZone = 'UTC', holidays = [], ...rest } = change;
  return { regime: GDPR, type: 'erasure', calendar: { timeZone, holidays }, ...rest };
}

function extended(context: LawContext, clock: ClockState, now: number): ClockState {
  const outcome = extendClock(context, clock, 'complexity', now);
  if (!outcome.ok) throw new Error(outcome.rule);
  return outcome.clock;
}

describe('the GDPR clock', () => {
  it.each([
    // EDPB Guidelines 01/2022, paras 157-160.
    ['2026-03-05', '2026-04-07', 'over Easter', ['2026-04-03', '2026-04-06']],
    ['2022-03-05', '2022-04-05', 'to the same date'],
    ['2022-08-31', '2022-09-30', 'to the last day where the date is missing'],
    ['2026-01-31', '2026-03-02', 'from the last of February, a Saturday, to Monday'],
    ['2024-01-31', '2024-02-29', 'to the leap day'],
    ['2023-01-30', '2023-02-28', 'to the last day of a common February'],
    ['2025-12-31', '2026-02-02', 'over the year, from a Saturday'],
    ['2024-11-25', '2024-12-27', 'over holidays', ['2024-12-25', '2024-12-26']],
  ])('from %s ends on %s: %s', (received, due, _why, holidays: string[] = []) => {
    expect(startClock(law({ holidays }), utc(received)).due).toBe(due);
  });

  it('counts two further months from receipt, not from the first end', () => {
    const context = law();
    const clock = startClock(context, utc('2025-12-31'));
    const longer = extended(context, clock, utc('2026-01-10'));
    expect(longer.due).toBe('2026-03-31');
    expect(longer.extension).toMatchObject({ reason: 'complexity', dueBefore: '2026-02-02' });
  });

  it('is extended once, for a reason of the law, and before the first end', () => {
    const context = law();
    const clock = startClock(context, utc('2026-03-10'));
    const rule = (state: ClockState, reason: string, now: number) => {
      const outcome = extendClock(context, state, reason, now);
      return outcome.ok ? 'extended' : outcome.rule;
    };
    expect(rule(clock, 'we-are-busy', utc('2026-03-20'))).toBe('unknown-reason');
    expect(rule(clock, 'complexity', clock.dueAt)).toBe('too-late');
    expect(rule(clock, 'complexity', clock.dueAt - 1)).toBe('extended');
    const longer = extended(context, clock, utc('2026-03-20'));
    expect(rule(longer, 'complexity', utc('2026-03-21'))).toBe('extended-already');
    expect(rule(stopClock(clock, utc('2026-03-20')), 'complexity', utc('2026-03-21'))).toBe(
      'clock-stopped',
    );
  });

  it('stands still while the subject owes an answer, by whole days', () => {
    const context = law();
    const clock = startClock(context, utc('2026-03-10'));
    const paused = pauseClock(context, clock, 'identity-doubt', utc('2026-03-12'));
    if (!paused.ok) throw new Error(paused.rule);
    expect(tickClock(paused.clock, utc('2026-09-01')).state).toBe('PAUSED');
    const resumed = resumeClock(context, paused.clock, utc('2026-03-17'));
    expect(resumed).toMatchObject({
      ok: true,
      clock: { state: 'RUNNING', pausedDays: 5, due: '2026-04-15' },
    });
  });

  it('refuses a pause that the law does not know', () => {
    const clock = startClock(law(), utc('2026-03-10'));
    expect(pauseClock(law(), clock, 'holidays', utc('2026-03-11'))).toMatchObject({ ok: false });
  });

  it('ends with the last hour of the day in the zone of the controller', () => {
    const berlin = law({ timeZone: 'Europe/Berlin' });
    // Half past eleven in the evening of the 5th in UTC is the 6th in Berlin.
    const clock = startClock(berlin, Date.parse('2026-05-05T23:30:00Z'));
    expect(clock.due).toBe('2026-06-08');
    expect(new Date(clock.dueAt).toISOString()).toBe('2026-06-08T22:00:00.000Z');
  });

  it('is met to the last millisecond, and breached from the next on', () => {
    const clock = startClock(law(), utc('2026-03-10'));
    expect(stopClock(clock, clock.dueAt - 1).state).toBe('MET');
    expect(stopClock(clock, clock.dueAt).state).toBe('BREACHED');
    expect(tickClock(clock, clock.dueAt - 1).state).toBe('RUNNING');
    expect(stopClock(tickClock(clock, clock.dueAt), clock.dueAt + 1).state).toBe('BREACHED');
  });

  it('never ends on a weekend or holiday, and never before the month is over', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: utc('2000-01-01'), max: utc('2060-01-01') }),
        fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 6 }),
        (at, offsets) => {
          const holidays = offsets.map((offset) =>
            new Date(at + offset * DAY).toISOString().slice(0, 10),
          );
          const { due, dueAt } = startClock(law({ holidays }), at);
          const end = new Date(`${due}T00:00:00Z`);
          expect([0, 6]).not.toContain(end.getUTCDay());
          expect(holidays).not.toContain(due);
          expect(dueAt).toBe(end.getTime() + DAY);
          // Independent of any date library: the same day of the next month, or its last.
          const from = new Date(at);
          const [year, month] = [from.getUTCFullYear(), from.getUTCMonth()];
          const last = new Date(Date.UTC(year, month + 2, 0)).getUTCDate();
          const plain = Date.UTC(year, month + 1, Math.min(from.getUTCDate(), last));
          expect(end.getTime()).toBeGreaterThanOrEqual(plain);
          for (let day = plain; day < end.getTime(); day += DAY) {
            const iso = new Date(day).toISOString().slice(0, 10);
            const free = [0, 6].includes(new Date(day).getUTCDay()) || holidays.includes(iso);
            expect(free).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives later receipts no earlier end', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: utc('2000-01-01'), max: utc('2060-01-01') }),
        fc.integer({ min: 0, max: 90 * DAY }),
        (at, later) => {
          const [one, two] = [startClock(law(), at), startClock(law(), at + later)];
          expect(two.dueAt).toBeGreaterThanOrEqual(one.dueAt);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('keeps its local days through changes of summer time', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: utc('2020-01-01'), max: utc('2030-01-01') }),
        fc.constantFrom('Europe/Berlin', 'America/Los_Angeles', 'Asia/Kolkata', 'Pacific/Apia'),
        (at, timeZone) => {
          const { due, dueAt } = startClock(law({ timeZone }), at);
          const local = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
          expect(local.format(dueAt - 1)).toBe(due);
          expect(local.format(dueAt)).not.toBe(due);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('the CCPA clock', () => {
  const ccpa = law({ regime: CCPA, timeZone: 'America/Los_Angeles' });

  it('gives 45 calendar days, weekends or not, and 90 once extended', () => {
    const clock = startClock(ccpa, Date.parse('2026-01-05T20:00:00Z'));
    expect(clock.due).toBe('2026-02-19');
    expect(extended(ccpa, clock, utc('2026-02-01')).due).toBe('2026-04-05');
  });

  it('counts as an independent calculation does', () => {
    fc.assert(
      fc.property(fc.integer({ min: utc('2000-01-01'), max: utc('2060-01-01') }), (at) => {
        const midnight = Math.floor(at / DAY) * DAY;
        const clock = startClock(law({ regime: CCPA }), at);
        expect(clock.dueAt).toBe(midnight + 46 * DAY);
        let working = 0;
        let day = midnight;
        while (working < 10) {
          day += DAY;
          if (![0, 6].includes(new Date(day).getUTCDay())) working++;
        }
        expect(clock.acknowledgeBy).toBe(day + DAY);
      }),
      { numRuns: 200 },
    );
  });

  it('does not stop for verification', () => {
    const clock = startClock(ccpa, utc('2026-01-05'));
    expect(pauseClock(ccpa, clock, 'identity-doubt', utc('2026-01-06'))).toEqual({
      ok: false,
      rule: 'no-such-pause',
    });
  });

  it('gives opt-outs and limits of use 15 business days, and no extension', () => {
    const objection = law({ regime: CCPA, type: 'objection', holidays: ['2026-01-19'] });
    const clock = startClock(objection, utc('2026-01-05'));
    expect(clock.due).toBe('2026-01-27');
    expect(extendClock(objection, clock, 'complexity', utc('2026-01-06'))).toEqual({
      ok: false,
      rule: 'no-extension',
    });
  });
});
