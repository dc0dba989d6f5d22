import { DEFAULT_RULES } from '../core/requests/model/default-policy.ts';
import type { Rules } from '../core/requests/model/policy.ts';
import { Actors } from './actors.ts';
import type { FaultCounts } from './faults.ts';
import { InvariantViolation } from './invariants.ts';
import { World } from './world.ts';

export interface SimulationOptions {
  readonly requests: number;
  readonly seed: number;
  /** A rule to break on purpose, to see it noticed. */
  readonly broken?: BrokenRule;
  /** Called now and then with the number of closed requests. */
  readonly onProgress?: (closed: number) => void;
}

const BROKEN_RULES = {
  /** The classic false completion: what could not be done counts as done. */
  'skipped-counts-as-done': {
    countsAsDone: (state) => DEFAULT_RULES.countsAsDone(state) || state === 'DEAD_LETTERED',
  },
} as const satisfies Record<string, Rules>;
export type BrokenRule = keyof typeof BROKEN_RULES;

export interface SimulationReport {
  readonly seed: number;
  readonly requests: number;
  readonly tasks: number;
  readonly steps: number;
  readonly checks: number;
  readonly virtualDays: number;
  /** Requests by lifecycle. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly faults: FaultCounts;
  readonly deadLetters: number;
  readonly noticesAccepted: number;
  /** What went wrong; the run stops there. */
  readonly violation?: string;
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
/** Far beyond every deadline: whoever is not closed by then is stuck. */
const MOST_DAYS = 250;

/**
 * Runs the engine through invented weeks with injected faults, and checks the laws after each step.
 * The seed determines all of it: a failing one fails again.
 */
export async function simulate(options: SimulationOptions): Promise<SimulationReport> {
  const rules = options.broken === undefined ? DEFAULT_RULES : BROKEN_RULES[options.broken];
  const world = new World(options.seed, rules);
  const actors = new Actors(world);
  for (let number = 0; number < options.requests; number++) actors.submit(number);
  const started = world.scheduler.now;
  ringRegularly(world, options.requests);
  breakRegularly(world, options.requests);

  let steps = 0;
  while (world.closed < options.requests && world.violation === undefined) {
    if (world.scheduler.now > started + MOST_DAYS * DAY || !(await world.scheduler.step())) {
      const stuck = [...world.people.keys()].filter(
        (dsrId) => world.requests.peek(dsrId)?.closedAt === undefined,
      );
      world.violation = new InvariantViolation(
        `${stuck.length} requests are lost or stuck, the first is ${stuck[0] ?? '?'} ` +
          `(${world.requests.peek(stuck[0] ?? '')?.lifecycle ?? 'never stored'})`,
      );
      break;
    }
    steps++;
    if (steps % 5_000 === 0) options.onProgress?.(world.closed);
  }
  return report(world, options, steps, (world.scheduler.now - started) / DAY);
}

function ringRegularly(world: World, requests: number): void {
  const ring = (): void => {
    world.ringWatcher();
    if (world.closed < requests) world.scheduler.after(MINUTE, ring);
  };
  ring();
}

/** Restarts and clock jumps, several a virtual day. */
function breakRegularly(world: World, requests: number): void {
  const disturb = (): void => {
    if (world.random.chance(0.5)) world.processes.restart();
    else world.jumpClock();
    if (world.closed < requests) {
      world.scheduler.after(world.random.between(MINUTE, DAY / 4), disturb);
    }
  };
  world.scheduler.after(MINUTE, disturb);
}

function report(
  world: World,
  { seed, requests }: SimulationOptions,
  steps: number,
  virtualDays: number,
): SimulationReport {
  const outcomes: Record<string, number> = {};
  let tasks = 0;
  for (const dsrId of world.people.keys()) {
    const request = world.requests.peek(dsrId);
    const lifecycle = request?.lifecycle ?? 'NOT_STORED';
    outcomes[lifecycle] = (outcomes[lifecycle] ?? 0) + 1;
    tasks += request?.tasks.length ?? 0;
  }
  return {
    seed,
    requests,
    tasks,
    steps,
    checks: world.invariants.checks,
    virtualDays,
    outcomes,
    faults: world.faults,
    deadLetters: world.deadLetters.length,
    noticesAccepted: world.notifier.accepted.size,
    ...(world.violation !== undefined && { violation: world.violation.message }),
  };
}
