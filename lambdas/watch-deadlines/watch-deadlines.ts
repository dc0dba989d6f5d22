import type { Clock } from '../../lib/core/ports/clock.ts';
import type { DriveDependencies } from '../../lib/core/requests/verbs/drive-request.ts';
import { watchDeadlines as driveDue } from '../../lib/core/requests/verbs/watch-deadlines.ts';
import type { Log } from '../runtime/log.ts';
import type { Meter } from '../runtime/metrics.ts';
import { survey } from './survey.ts';
import { readWatchEvent, type Work } from './watch-event.ts';

export interface WatchContext {
  deps: DriveDependencies;
  /** Each takes away what is past its time (packages, opened copies, dead letters): how many. */
  expiries: readonly (() => Promise<number>)[];
  clock: Clock;
  log: Log;
  meter: Meter;
}

/**
 * Requests looked at in one round, few enough that it ends in time though some of them wait for who does
 * not answer; with each that failed one more, so that none hides the others.
 */
const ROUND = 20;
const MOST = 1_000;
/** The next minute's watcher takes over. */
const DRIVE_FOR = 50_000;
/** No round begins that might not end: the slowest step of a request is a callback or a package. */
const MARGIN = 30_000;

/**
 * The timer. `drive` (each minute) drives what is due and sweeps outboxes until nothing moves any
 * more; `survey` (each quarter of an hour) counts how all open requests stand, for the alarms;
 * `expire` (each quarter of an hour) takes away what is past its time.
 * @param event `{"work":"drive"|"survey"|"expire"}`
 * @param remainingMilliseconds until the function is ended
 */
export async function watchDeadlines(
  event: unknown,
  remainingMilliseconds: () => number,
  context: WatchContext,
): Promise<void> {
  const work = readWatchEvent(event);
  const mayGoOn = (): boolean => remainingMilliseconds() > MARGIN;
  try {
    await WORK[work](context, mayGoOn);
  } finally {
    context.meter.publish();
  }
}

const WORK: Readonly<
  Record<Work, (context: WatchContext, mayGoOn: () => boolean) => Promise<void>>
> = { drive, survey: surveyAll, expire };

async function drive(context: WatchContext, mayGoOn: () => boolean): Promise<void> {
  const { deps, clock, log, meter } = context;
  const startedAt = clock.now();
  const { requests, saves } = counted(deps.requests);
  const failed = new Set<string>();
  let driven = 0;
  for (let moved = true; moved && mayGoOn() && clock.now() - startedAt < DRIVE_FOR;) {
    const before = saves();
    const round = await driveDue({ ...deps, requests }, Math.min(MOST, ROUND + failed.size));
    driven += round.driven;
    const known = failed.size;
    for (const dsrId of round.failed) failed.add(dsrId);
    // Whatever was written may have made something else due; newly failed ones may hide others.
    moved = saves() > before || failed.size > known;
  }
  const milliseconds = clock.now() - startedAt;
  log.info('Deadlines watched', { driven, failed: failed.size, milliseconds });
  meter.add('RequestsDriven', driven);
  meter.add('RequestsFailed', failed.size);
}

/** The store, and how many writes went through it. */
function counted(requests: DriveDependencies['requests']) {
  let saved = 0;
  const counting: DriveDependencies['requests'] = {
    save: async (write) => {
      const outcome = await requests.save(write);
      if (outcome.kind === 'saved') saved += 1;
      return outcome;
    },
    load: (dsrId) => requests.load(dsrId),
    auditTrail: (dsrId) => requests.auditTrail(dsrId),
    list: (filter, limit, cursor) => requests.list(filter, limit, cursor),
    dueForWaking: (now, limit) => requests.dueForWaking(now, limit),
    withOutbox: (limit) => requests.withOutbox(limit),
  };
  return { requests: counting, saves: () => saved };
}

async function surveyAll(context: WatchContext, mayGoOn: () => boolean): Promise<void> {
  const { deps, clock, log, meter } = context;
  const { open, oldest, past, overdue, stuck, waiting, unsent } = await survey(
    deps.requests,
    clock.now(),
    mayGoOn,
  );
  log.info('Requests surveyed', { open });
  meter.add('RequestsOpen', open);
  meter.add('OldestRequestAge', Math.round(oldest / 1_000));
  meter.add('RequestsPast50', past[50]);
  meter.add('RequestsPast75', past[75]);
  meter.add('RequestsPast90', past[90]);
  meter.add('RequestsOverdue', overdue);
  meter.add('RequestsStuck', stuck);
  meter.add('RequestsWaiting', waiting);
  meter.add('OldestMessageAge', Math.round(unsent / 1_000));
}

/** What one of them throws keeps none of the others. */
async function expire({ expiries, log, meter }: WatchContext): Promise<void> {
  let expired = 0;
  const failures: unknown[] = [];
  for (const expireSome of expiries) {
    try {
      expired += await expireSome();
    } catch (error) {
      log.error('Something past its time could not be taken away', error);
      failures.push(error);
    }
  }
  log.info('Taken away past its time', { expired, failed: failures.length });
  meter.add('ObjectsExpired', expired);
  if (failures.length > 0) throw new ExpiryError('Something past its time is still there');
}

/** Tells the alarms, by the function's failure; the log has said what it was. */
class ExpiryError extends Error {
  override readonly name = 'ExpiryError';
}
