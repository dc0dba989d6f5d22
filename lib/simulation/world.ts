import type { Signer } from '../core/ports/signer.ts';
import { messageKey, type Sender } from '../core/requests/messages/message-keys.ts';
import { readEvent, readOrder } from '../core/requests/messages/read-message.ts';
import {
  messageOpener,
  signMessage,
  type OpenMessage,
} from '../core/requests/messages/signed-message.ts';
import { DEFAULT_POLICY, DEFAULT_RULES } from '../core/requests/model/default-policy.ts';
import type { Rules } from '../core/requests/model/policy.ts';
import type { TaskEvent } from '../core/requests/model/task-event.ts';
import type { EngineDependencies } from '../core/requests/verbs/dependencies.ts';
import { driveRequest } from '../core/requests/verbs/drive-request.ts';
import { executeArea } from '../core/requests/verbs/execute-area.ts';
import { mergeEvents } from '../core/requests/verbs/merge-events.ts';
import { watchDeadlines } from '../core/requests/verbs/watch-deadlines.ts';
import { MemoryGatheredStore, nothingHandedOver } from './fakes/memory-gathered-store.ts';
import { MemoryKeyVault } from './fakes/memory-key-vault.ts';
import { MemoryNotifier } from './fakes/memory-notifier.ts';
import { MemoryRequestStore, type SavedWrite } from './fakes/memory-request-store.ts';
import { MemoryEventStream, MemoryTaskStream } from './fakes/memory-task-stream.ts';
import { FAULT_RATES, noFaults, type FaultCounts } from './faults.ts';
import { Invariants, InvariantViolation } from './invariants.ts';
import { WorldCrosswalk } from './people.ts';
import { InjectedFault, Processes, type Ending } from './processes.ts';
import { makeSigner } from './make-signer.ts';
import { Scheduler } from './scheduler.ts';
import { SeededRandom } from './seeded-random.ts';
import { strangeRecord } from './strange-record.ts';
import { WORLD_MAP } from './world-map.ts';
import { WorldServices } from './world-services.ts';

/** A Monday; the engine's days are the law's, so the start is fixed. */
const START = Date.UTC(2026, 0, 5, 8);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** The engine and everything around it, in virtual time. */
export class World {
  readonly random: SeededRandom;
  readonly scheduler = new Scheduler(START);
  readonly faults: FaultCounts = noFaults();
  readonly processes: Processes;
  readonly requests = new MemoryRequestStore();
  readonly notifier = new MemoryNotifier();
  readonly services: WorldServices;
  readonly invariants: Invariants;
  readonly deps: EngineDependencies;
  /** Reasons only; a message that came to nothing is never kept in clear. */
  readonly deadLetters: string[] = [];
  readonly people = new Map<string, number>();
  /** Kept until the loop meets it: a fault inside a process must not be lost with the process. */
  violation: InvariantViolation | undefined;
  closed = 0;
  readonly #signer: Signer;
  readonly #messageSecret: Uint8Array;
  readonly #open: OpenMessage;
  readonly #publicPem: string;
  #skew = 0;
  #events: string[] = [];
  #mergeDue = false;
  #watchDue = false;

  constructor(seed: number, rules: Rules = DEFAULT_RULES) {
    this.random = new SeededRandom(seed);
    this.processes = new Processes(this.scheduler, this.random.fork(), FAULT_RATES, this.faults);
    this.services = new WorldServices(this.random.fork(), FAULT_RATES, this.faults);
    this.invariants = new Invariants(this.services, (dsrId) => this.people.get(dsrId)!);
    ({ signer: this.#signer, publicKeyPem: this.#publicPem } = makeSigner(this.random.bytes(32)));
    this.#messageSecret = this.random.bytes(32);
    this.#open = messageOpener([this.#messageSecret], WORLD_MAP);
    this.deps = this.#compose(rules);
    this.services.now = () => this.now();
  }

  /** The engine's clock: virtual time, and how wrong the machine's clock is just now. */
  now(): number {
    return this.scheduler.now + this.#skew;
  }

  jumpClock(): void {
    this.faults.clockJump++;
    this.#skew = this.random.between(-30 * MINUTE, 30 * MINUTE);
  }

  /** Runs a verb; one that dies or throws is run again after a while, as a sender would. */
  insist<Result>(
    verb: (deps: EngineDependencies) => Promise<Result>,
    done?: (result: Result) => void,
  ): void {
    this.processes.run(this.deps, verb, (ending) => {
      if (this.#mustRepeat(ending)) {
        this.scheduler.after(this.random.between(SECOND, MINUTE), () => {
          this.insist(verb, done);
        });
      } else if (ending.kind === 'returned') {
        done?.(ending.result);
      }
    });
  }

  #mustRepeat(ending: Ending<unknown>): boolean {
    if (ending.kind === 'threw') this.#checkThrown(ending.error);
    return ending.kind !== 'returned';
  }

  /** The timer, as EventBridge would ring it: at most once a minute, when something is due. */
  ringWatcher(): void {
    if (this.#watchDue) return;
    this.#watchDue = true;
    this.processes.run(
      this.deps,
      (deps) => watchDeadlines(deps, 100),
      (ending) => {
        if (ending.kind === 'threw') this.#checkThrown(ending.error);
        this.#watchDue = false;
      },
    );
  }

  #compose(rules: Rules): EngineDependencies {
    const write = (sender: Sender) => {
      const key = messageKey(this.#messageSecret, sender);
      return (message: object) => Buffer.from(signMessage(key, message)).toString();
    };
    const tasks = new MemoryTaskStream(write('engine'));
    const events = new MemoryEventStream(write('engine'));
    tasks.onRecord = (record) => {
      this.invariants.checkClear('an order', record);
      this.#deliver(() => {
        this.#takeOrder(record);
      });
    };
    events.onRecord = (record) => {
      this.invariants.checkClear('a status event', record);
      this.#deliver(() => {
        this.#takeEvent(record);
      });
    };
    this.services.onChange = (event) => {
      const record = write(`store:${String(event['store'])}`)(event);
      this.#deliver(() => {
        this.#takeEvent(record);
      });
    };
    this.requests.onSave = (write) => {
      this.#afterSave(write);
    };
    const random = this.random.fork();
    return {
      requests: this.requests,
      keys: new MemoryKeyVault(() => random.bytes(32)),
      crosswalk: new WorldCrosswalk(),
      tasks,
      events,
      services: this.services,
      gathered: new MemoryGatheredStore(),
      fetchGathered: nothingHandedOver,
      packager: {
        build: ({ dsrId }) =>
          Promise.resolve({ kind: 'built', reference: `packages/${dsrId}`, expiresAt: this.now() }),
      },
      notifier: this.notifier,
      callbacks: { post: () => Promise.resolve({ kind: 'accepted' }) },
      liftSuppression: () => Promise.resolve(),
      signer: this.#signer,
      clock: { now: () => this.now() },
      random,
      dataMap: WORLD_MAP,
      policy: DEFAULT_POLICY,
      rules,
      subjectHashKey: random.bytes(32),
    };
  }

  /** As a stream does: some time later, in any order, sometimes twice, sometimes beside rubbish. */
  #deliver(take: () => void): void {
    const once = (): void => {
      this.scheduler.after(this.random.between(5, 30 * SECOND), take);
    };
    once();
    if (this.random.chance(FAULT_RATES.duplicate)) {
      this.faults.duplicate++;
      once();
    }
    if (this.random.chance(FAULT_RATES.poison)) {
      this.faults.garbage++;
      const garbage = strangeRecord(this.random, this.people, this.now());
      this.scheduler.after(this.random.between(5, 30 * SECOND), () => {
        this.#takeEvent(garbage);
      });
    }
  }

  #takeOrder(record: string): void {
    const read = readOrder(this.#open, Buffer.from(record));
    if (read.kind !== 'message') {
      this.#putAside(read.kind === 'dead' ? read.reason : read.kind);
      return;
    }
    this.insist(async (deps) => {
      const outcome = await executeArea(deps, read.message);
      if (outcome.kind === 'again') throw new InjectedFault(outcome.code);
    });
  }

  #takeEvent(record: string): void {
    this.#events.push(record);
    if (this.#mergeDue) return;
    this.#mergeDue = true;
    this.scheduler.after(this.random.between(5, SECOND), () => {
      this.#mergeDue = false;
      this.#mergeBatch(this.#events.splice(0));
    });
  }

  /** The completion function's batch, shuffled. */
  #mergeBatch(records: readonly string[]): void {
    const batch: TaskEvent[] = [];
    for (const record of records) {
      const read = readEvent(this.#open, Buffer.from(record));
      if (read.kind === 'message')
        batch.splice(this.random.between(0, batch.length + 1), 0, read.message);
      else if (read.kind === 'dead') this.#putAside(read.reason);
    }
    if (batch.length === 0) return;
    this.insist(async (deps) => {
      const outcomes = await mergeEvents(deps, batch);
      if (outcomes.includes('again')) throw new InjectedFault('merge again');
      for (const outcome of outcomes) if (outcome === 'unknown') this.#putAside('unknown task');
    });
  }

  #putAside(reason: string): void {
    this.deadLetters.push(reason);
    this.invariants.checkClear('a dead letter', reason);
  }

  /** The table's stream: every write is followed up, unless the machine is restarted before. */
  #afterSave(write: SavedWrite): void {
    const { request, before } = write;
    try {
      this.invariants.checkWrite(write);
      if (request.closedAt !== undefined && before?.closedAt === undefined) {
        this.closed++;
        const trail = [...this.requests.peekTrail(request.dsrId)];
        this.invariants.checkClosed(request, trail, this.#publicPem);
      }
    } catch (error) {
      this.#keepViolation(error);
    }
    if (request.wakeAt === undefined || request.wakeAt > this.now()) return;
    this.scheduler.after(this.random.between(5, 2 * SECOND), () => {
      this.processes.run(
        this.deps,
        (deps) => driveRequest(deps, request.dsrId),
        // Nobody repeats it: the watcher must find what was left undone.
        (ending) => {
          if (ending.kind === 'threw') this.#checkThrown(ending.error);
        },
      );
    });
  }

  /** What is thrown is logged; it may be an injected fault and hold nothing personal. */
  #checkThrown(error: unknown): void {
    this.invariants.checkClear('a log line', String(error));
    if (error instanceof InjectedFault) return;
    this.#keepViolation(error);
  }

  #keepViolation(error: unknown): void {
    this.violation ??=
      error instanceof InvariantViolation
        ? error
        : new InvariantViolation(`a verb threw: ${String(error)}`, { cause: error });
  }
}
