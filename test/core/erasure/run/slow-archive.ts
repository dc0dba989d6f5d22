import { gatherPatiently } from '../../../../lib/core/erasure/run/patient-gather.ts';
import { lookPatiently } from '../../../../lib/core/erasure/run/patient-look.ts';
import { subjectCriteria } from '../../../../lib/core/erasure/run/subject-criteria.ts';
import type { ArchiveNotes } from '../../../../lib/core/ports/archive-notes.ts';
import type { ObjectStore } from '../../../../lib/core/ports/object-store.ts';
import type { LookUpReply, ServiceReply } from '../../../../lib/core/ports/services.ts';
import { dataMap } from '../../../../lib/data-map.ts';
import { memoryArchiveNotes } from '../../../fakes/memory-archive-notes.ts';
import { memoryObjectStore, type MemoryObjectStore } from '../../../fakes/memory-object-store.ts';
import { openWorld, put, textOf, type World } from './run-world.ts';

const archive = dataMap.stores['customer-archive'];
if (archive?.kind !== 'archive') throw new Error('the default data map has no archive');
const places = ['old/', 'phi-data/'].map((prefix) => ({ prefix, format: 'jsonl' as const }));
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
const LONGEST = 900_000;
/** How long a call works: three quarters of the longest. */
export const WORKED = 675_000;
const TASK = { dsrId: 'd1', taskId: 'customer-archive' };
export const SSN = '807831104';
export const SUBJECT = 'hash-of-the-subject';
export const OBJECTS = 120;

export const row = (ssn: string, note = ''): string => `{"ssn_no":"${ssn}","note":"${note}"}\n`;
const lines = subjectCriteria(dataMap, archive, [{ identifier: 'ssn_no', value: SSN }]);
export const keyOf = (n: number): string =>
  `${n < 30 ? 'old/' : 'phi-data/'}${String(n).padStart(4, '0')}`;

class Death extends Error {}

/** An archive whose objects take their time, and calls that may die in the middle. */
export class Scene {
  readonly world: World = openWorld();
  readonly notes: ArchiveNotes = memoryArchiveNotes();
  readonly handed: MemoryObjectStore = memoryObjectStore(this.world.clock);
  /** How often each key was read. */
  readonly read = new Map<string, number>();
  /** How long a read takes, ms; an object takes two, and one more to be rewritten. */
  pace = 0;
  /** After how many steps the process is gone; it takes none after that. */
  steps = Infinity;
  /** When the call began, ms. */
  #begun = 0;

  constructor() {
    this.world.now = 1_000 * HOUR;
  }

  step(): void {
    this.steps -= 1;
    if (this.steps < 0) throw new Death('the process is gone');
  }

  #mortal<Port extends object>(port: Port, names: readonly (keyof Port)[]): Port {
    const mortal = { ...port };
    for (const name of names) {
      const method = port[name] as (...args: unknown[]) => Promise<unknown>;
      mortal[name] = (async (...args: unknown[]) => {
        this.step();
        const result = await method.apply(port, args);
        this.step();
        return result;
      }) as Port[typeof name];
    }
    return mortal;
  }

  #options() {
    const objects: ObjectStore = {
      ...this.world.objects,
      get: (key, options) => {
        this.step();
        this.read.set(key, (this.read.get(key) ?? 0) + 1);
        this.world.now += this.pace;
        if (this.world.now - this.#begun > LONGEST) throw new Death('the function has timed out');
        return this.world.objects.get(key, options);
      },
    };
    return {
      ...{ ...this.world, objects, places, longestLook: LONGEST },
      notes: this.#mortal(this.notes, ['saveLook', 'saveGathering']),
      handover: {
        objects: this.#mortal<ObjectStore>(this.handed, ['put', 'get']),
        locationOf: (key: string) => `s3://handover/${key}`,
      },
    };
  }

  look(): Promise<LookUpReply> {
    this.#begun = this.world.now;
    return lookPatiently(this.#options(), SUBJECT, lines);
  }

  gather(): Promise<ServiceReply> {
    this.#begun = this.world.now;
    return gatherPatiently(this.#options(), TASK, lines);
  }

  /** Asks once a minute until there is an answer. Says how many calls that took. */
  async asked<Reply extends LookUpReply | ServiceReply>(
    call: () => Promise<Reply>,
    between: () => Promise<void> | void = () => undefined,
  ): Promise<{ reply: Reply; calls: number }> {
    for (let calls = 1; calls < 2_000; calls++) {
      const reply = await call().catch((error: unknown) => {
        if (error instanceof Death) return undefined;
        throw error;
      });
      const goesOn =
        reply === undefined ||
        reply.kind === 'accepted' ||
        (reply.kind === 'failed' && reply.code === 'look-up-goes-on');
      if (!goesOn) return { reply, calls };
      this.steps = Infinity;
      this.world.now += MINUTE;
      await between();
    }
    throw new Error('it never ends');
  }

  async rowsAt(reply: ServiceReply): Promise<string> {
    if (reply.kind !== 'done' || reply.data?.kind !== 'reference') throw new Error(reply.kind);
    const text = await textOf(this.handed, reply.data.location.replace('s3://handover/', ''));
    return text!.replaceAll(/\n+/g, '\n');
  }
}

/** Some objects with rows of the subject: their texts as a gathering puts them. */
export async function fill(scene: Scene, withSubject: (n: number) => boolean): Promise<string> {
  let rows = '';
  for (let n = 0; n < OBJECTS; n++) {
    const own = withSubject(n) ? row(SSN, String(n)) : '';
    rows += own;
    await put(scene.world.objects, keyOf(n), row('900000002') + own);
  }
  return rows;
}
