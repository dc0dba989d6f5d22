import { PROTOCOL, SERVICE_PATHS } from '../protocol.ts';
import { answered, lookUp, needs, refused, runTask, subjectOf, taskBody } from './calls.ts';
import { broken, NotRun, type Check, type StoreUnderTest } from './check.ts';

/** Rules that any service can be tried on: nothing is erased. */
export const HARMLESS: readonly Check[] = [
  {
    claim: 'says "no-data" for a data subject it does not know',
    run: async (target) => {
      for (const operation of ['gather', 'erase'] as const) {
        if (!target.store.operations.includes(operation)) continue;
        const reply = await runTask(target, taskBody(target, operation, nobody(target)));
        if (reply.status !== 'no-data') broken(`${operation} answered "${reply.status}"`);
      }
      const { erasable } = await lookUp(target, nobody(target));
      if (erasable !== 0) broken(`the look-up found ${erasable} records of nobody`);
    },
  },
  {
    claim: 'refuses what is malformed with 4xx and an error code, without repeating it',
    run: async (target) => {
      const good = taskBody(target, 'gather', nobody(target));
      const faulty: readonly [string, unknown][] = [
        ['a body that is no JSON', new TextEncoder().encode('{"protocol":')],
        ['an empty object', {}],
        ['a list', [good]],
        ['another protocol', { ...good, protocol: 'lethe-service/999' }],
        ['an operation that does not exist', { ...good, operation: 'explode' }],
        ['a task without identities', { ...good, identities: undefined }],
        ['an empty list of identities', { ...good, identities: [] }],
        [
          'an identity that is a number',
          { ...good, identities: [{ identifier: 'email', value: 1 }] },
        ],
        ['attempt 0', { ...good, attempt: 0 }],
        ['an attempt that is a text', { ...good, attempt: '1' }],
        ['a store it does not have', { ...good, store: 'no-such-store' }],
      ];
      for (const [what, body] of faulty) {
        const reply = await target.wire.call('POST', SERVICE_PATHS.tasks, body);
        refused(reply, what);
        if (JSON.stringify(answered(reply).body).includes(good.identities[0]!.value)) {
          broken(`${what} was refused with the identity in the answer`);
        }
      }
      const lookup = { protocol: PROTOCOL, store: target.store.name };
      refused(
        await target.wire.call('POST', SERVICE_PATHS.lookup, lookup),
        'a look-up without identities',
      );
    },
  },
];

/** Rules about a data subject whom the service knows, in the order in which they must be tried. */
export const WITH_SUBJECT: readonly Check[] = [
  {
    claim: 'finds the test subject by look-up',
    run: async (target) => {
      const { erasable, exempt = 0 } = await lookUp(target, subjectOf(target));
      if (erasable + exempt === 0)
        broken('the look-up finds nothing; is the subject in the store?');
    },
  },
  {
    claim: 'gathers the data of the test subject',
    run: async (target) => {
      needs(target, 'gather');
      const reply = await runTask(target, taskBody(target, 'gather', subjectOf(target)));
      if (reply.status !== 'done') broken(`gather answered "${reply.status}"`);
      if (reply.data === undefined) broken('gather is done, but gives no data');
      const { data } = reply;
      if (data.kind === 'inline' && data.records.length !== reply.affected) {
        broken(`gather says ${reply.affected} records and gives ${data.records.length}`);
      }
    },
  },
  {
    claim: 'refuses an attempt that was overtaken, with 409',
    run: async (target) => {
      needs(target, 'gather');
      const task = taskBody(target, 'gather', subjectOf(target), { attempt: 5 });
      await runTask(target, task);
      const late = taskBody(target, 'gather', task.identities, { dsrId: task.dsrId, attempt: 4 });
      refused(await target.wire.call('POST', SERVICE_PATHS.tasks, late), 'attempt 4 after 5', 409);
    },
  },
  {
    claim: 'gives back what an erasure took, when it is asked in the time it named',
    run: async (target) => {
      needs(target, 'undo');
      needs(target, 'erase');
      const subject = subjectOf(target);
      const before = await lookUp(target, subject);
      const task = taskBody(target, 'erase', subject);
      const erased = await runTask(target, task);
      if (erased.status !== 'done' || erased.undoableUntil === undefined) {
        throw new NotRun('the erasure names no "undoableUntil"');
      }
      const undo = { ...task, operation: 'undo', attempt: 2 } as const;
      const undone = [await runTask(target, undo), await runTask(target, undo)];
      for (const reply of undone) {
        if (outcome(reply) !== `done, ${erased.affected}`) {
          broken(`${erased.affected} records were taken; undo answered "${outcome(reply)}"`);
        }
      }
      const after = await lookUp(target, subject);
      if (after.erasable !== before.erasable) {
        broken(`the look-up found ${before.erasable} records before, and ${after.erasable} after`);
      }
    },
  },
  {
    claim: 'erases once, and says the same however often and how fast it is asked',
    run: async (target) => {
      needs(target, 'erase');
      const task = taskBody(target, 'erase', subjectOf(target));
      const replies = await Promise.all([runTask(target, task), runTask(target, task)]);
      replies.push(await runTask(target, task));
      replies.push(await runTask(target, { ...task, attempt: 2 }));
      const [first] = replies;
      if (first.status !== 'done' && first.status !== 'exempt') {
        broken(`erase answered "${first.status}"`);
      }
      for (const reply of replies) {
        if (outcome(reply) !== outcome(first)) {
          broken(`the same erasure was answered "${outcome(first)}", then "${outcome(reply)}"`);
        }
      }
    },
  },
  {
    claim: 'holds nothing of the test subject after the erasure',
    run: async (target) => {
      needs(target, 'erase');
      const { erasable } = await lookUp(target, subjectOf(target));
      if (erasable !== 0) broken(`the look-up still finds ${erasable} records`);
      if (!target.store.operations.includes('gather')) return;
      const reply = await runTask(target, taskBody(target, 'gather', subjectOf(target)));
      if (reply.status !== 'no-data' && reply.status !== 'exempt') {
        broken(`gather answers "${reply.status}" after the erasure`);
      }
    },
  },
];

/** What must be equal when the same task is asked for again. */
function outcome(reply: Awaited<ReturnType<typeof runTask>>): string {
  return reply.status === 'done' ? `done, ${reply.affected}` : reply.status;
}

/** A data subject whom no store knows, by every identifier that this store takes. */
function nobody({ wire, store }: StoreUnderTest) {
  return store.identifiers.map((identifier) => ({
    identifier,
    value: `nobody-${wire.newId()}@example.invalid`,
  }));
}
