import { generateKeyPairSync, sign } from 'node:crypto';
import type { Crosswalk } from '../../../lib/core/ports/crosswalk.ts';
import type { LookUpReply, ServiceCall, ServiceReply } from '../../../lib/core/ports/services.ts';
import { parseEvent, parseTaskOrder } from '../../../lib/core/requests/messages/task-messages.ts';
import { DEFAULT_POLICY, DEFAULT_RULES } from '../../../lib/core/requests/model/default-policy.ts';
import type { Policy } from '../../../lib/core/requests/model/policy.ts';
import type { DsrRequest } from '../../../lib/core/requests/model/request.ts';
import type { EngineDependencies } from '../../../lib/core/requests/verbs/dependencies.ts';
import { driveRequest } from '../../../lib/core/requests/verbs/drive-request.ts';
import { executeArea } from '../../../lib/core/requests/verbs/execute-area.ts';
import { mergeEvents } from '../../../lib/core/requests/verbs/merge-events.ts';
import type { Submission } from '../../../lib/core/requests/verbs/submission.ts';
import { submitRequest } from '../../../lib/core/requests/verbs/submit-request.ts';
import { watchDeadlines } from '../../../lib/core/requests/verbs/watch-deadlines.ts';
import {
  MemoryGatheredStore,
  nothingHandedOver,
} from '../../../lib/simulation/fakes/memory-gathered-store.ts';
import { MemoryKeyVault } from '../../../lib/simulation/fakes/memory-key-vault.ts';
import { MemoryNotifier } from '../../../lib/simulation/fakes/memory-notifier.ts';
import { MemoryRequestStore } from '../../../lib/simulation/fakes/memory-request-store.ts';
import {
  MemoryEventStream,
  MemoryTaskStream,
} from '../../../lib/simulation/fakes/memory-task-stream.ts';
import { WORLD_MAP } from '../../../lib/simulation/world-map.ts';
import { AT } from './sample-request.ts';

export const DAY = 86_400_000;
export const ID = '11111111-2222-4333-8444-555555555555';
export const OTHER_ID = '99999999-2222-4333-8444-555555555555';

/** The engine on fakes that do as they are told, with a clock that stands until it is moved. */
export class EngineFixture {
  now = AT;
  readonly requests = new MemoryRequestStore();
  readonly keys = new MemoryKeyVault();
  readonly notifier = new MemoryNotifier();
  readonly gathered = new MemoryGatheredStore();
  readonly tasks = new MemoryTaskStream();
  readonly events = new MemoryEventStream();
  readonly calls: ServiceCall[] = [];
  readonly callbacks: string[] = [];
  lifted = 0;
  /** What lies where a service's reference leads. */
  handedOver: (location: string) => AsyncIterable<Uint8Array> = nothingHandedOver;
  reply: (call: ServiceCall) => ServiceReply = () => ({ kind: 'done', affected: 1 });
  look: (store: string) => LookUpReply = () => ({ kind: 'absent' });
  resolve: Crosswalk['resolve'] = () =>
    Promise.resolve({
      kind: 'resolved',
      identities: [{ identifier: 'customer_id', value: 'C-1' }],
    });
  readonly publicKeyPem: string;
  readonly deps: EngineDependencies;

  constructor(policy: Partial<Policy> = {}) {
    const pair = generateKeyPairSync('ed25519');
    this.publicKeyPem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
    this.deps = {
      requests: this.requests,
      keys: this.keys,
      crosswalk: { resolve: (identities) => this.resolve(identities) },
      tasks: this.tasks,
      events: this.events,
      services: {
        call: (call) => {
          this.calls.push(call);
          return Promise.resolve(this.reply(call));
        },
        lookUp: (store) => Promise.resolve(this.look(store)),
      },
      gathered: this.gathered,
      fetchGathered: (location) => this.handedOver(location),
      packager: {
        build: () => Promise.resolve({ kind: 'built', reference: 'package', expiresAt: this.now }),
      },
      notifier: this.notifier,
      callbacks: {
        post: ({ status }) => {
          this.callbacks.push(status);
          return Promise.resolve({ kind: 'accepted' });
        },
      },
      liftSuppression: () => {
        this.lifted++;
        return Promise.resolve();
      },
      signer: {
        alg: 'Ed25519',
        keyId: 'test',
        sign: (bytes) => Promise.resolve(sign(null, bytes, pair.privateKey)),
      },
      clock: { now: () => this.now },
      random: { bytes: (count) => new Uint8Array(count).fill(7), fraction: () => 0.5 },
      dataMap: WORLD_MAP,
      policy: { ...DEFAULT_POLICY, ...policy },
      rules: DEFAULT_RULES,
      subjectHashKey: new Uint8Array(32).fill(1),
    };
  }

  async submit(change: Partial<Submission> = {}): Promise<DsrRequest> {
    const outcome = await submitRequest(this.deps, submission(change));
    if (outcome.kind !== 'accepted') throw new Error(JSON.stringify(outcome));
    return outcome.request;
  }

  get(dsrId = ID): DsrRequest {
    return this.requests.peek(dsrId)!;
  }

  task(taskId: string, dsrId = ID) {
    return this.get(dsrId).tasks.find((task) => task.taskId === taskId)!;
  }

  drive(dsrId = ID) {
    return driveRequest(this.deps, dsrId);
  }

  /** Runs everything that is due, streams included, until nothing moves. */
  async settle(): Promise<void> {
    for (let round = 0; round < 50; round++) {
      await watchDeadlines(this.deps, 100);
      const orders = this.tasks.records
        .splice(0)
        .map((record) => parseTaskOrder(JSON.parse(record)));
      for (const order of orders) {
        if (order.kind === 'message') await executeArea(this.deps, order.message);
      }
      const events = this.events.records.splice(0).map((record) => parseEvent(JSON.parse(record)));
      const heard = events.flatMap((event) => (event.kind === 'message' ? [event.message] : []));
      if (heard.length > 0) await mergeEvents(this.deps, heard);
      const due = await this.requests.dueForWaking(this.now, 1);
      if (orders.length + events.length + due.length === 0) return;
    }
    throw new Error('does not settle');
  }

  async pass(milliseconds: number): Promise<void> {
    this.now += milliseconds;
    await this.settle();
  }

  notices(audience = 'subject'): string[] {
    return [...this.notifier.accepted.values()]
      .filter((notice) => notice.audience === audience)
      .map(({ name }) => name);
  }

  token(): string {
    const mail = [...this.notifier.accepted.values()].find(
      ({ name }) => name === 'verify-identity',
    );
    return String(mail?.facts['token']);
  }
}

export function submission(change: Partial<Submission> = {}): Submission {
  return {
    dsrId: ID,
    type: 'access',
    regime: 'gdpr',
    controllerId: 'controller-1',
    channel: 'opendsr',
    language: 'en',
    details: {
      identities: [{ identifier: 'email', value: 'Ann@Example.com' }],
      contact: { kind: 'email', address: 'ann@example.com' },
    },
    callbackUrls: [],
    vouched: true,
    ...change,
  };
}
