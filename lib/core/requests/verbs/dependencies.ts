import type { DataMap } from '../../data-map/schema.ts';
import type { Callbacks } from '../../ports/callbacks.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Crosswalk } from '../../ports/crosswalk.ts';
import type { EventStream } from '../../ports/event-stream.ts';
import type { FetchGathered } from '../../ports/fetch-gathered.ts';
import type { GatheredStore } from '../../ports/gathered-store.ts';
import type { KeyVault } from '../../ports/key-vault.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { Packager } from '../../ports/packager.ts';
import type { Randomness } from '../../ports/randomness.ts';
import type { RequestStore } from '../../ports/request-store.ts';
import type { Services } from '../../ports/services.ts';
import type { Signer } from '../../ports/signer.ts';
import type { TaskStream } from '../../ports/task-stream.ts';
import type { Policy, Rules } from '../model/policy.ts';

/** Everything the engine's verbs work with; each verb names the part that it needs. */
export interface EngineDependencies {
  readonly requests: RequestStore;
  readonly keys: KeyVault;
  readonly crosswalk: Crosswalk;
  readonly tasks: TaskStream;
  readonly events: EventStream;
  readonly services: Services;
  readonly gathered: GatheredStore;
  readonly fetchGathered: FetchGathered;
  readonly packager: Packager;
  readonly notifier: Notifier;
  readonly callbacks: Callbacks;
  /** Takes a request's entries off the suppression list; twice is once. */
  readonly liftSuppression: (dsrId: string) => Promise<void>;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: Randomness;
  readonly dataMap: DataMap;
  readonly policy: Policy;
  readonly rules: Rules;
  /** 32 bytes or more: keys the hashes by which subjects are searched; see identity/subject-hash.ts. */
  readonly subjectHashKey: Uint8Array;
}

/** What every verb that writes needs. */
export type WritingDependencies = Pick<
  EngineDependencies,
  'requests' | 'clock' | 'random' | 'policy' | 'rules'
>;
