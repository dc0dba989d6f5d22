import type { DataMap, Store } from '../../data-map/schema.ts';
import type { RequestType } from '../model/request.ts';
import type { Operation, Task } from '../model/task.ts';

const OPERATION: Readonly<Record<RequestType, Operation>> = {
  access: 'gather',
  portability: 'gather',
  rectification: 'rectify',
  erasure: 'erase',
  restriction: 'restrict',
  objection: 'object',
};

/** Kinds of store that take part, by operation. */
const TAKES_PART: Readonly<Record<Operation, readonly Store['kind'][]>> = {
  // What is in a stream is on its way to a store that is asked itself.
  gather: ['archive', 'service', 'table'],
  // An archive is a record of what was said; a right value comes with the next event.
  rectify: ['service', 'table'],
  erase: ['stream', 'archive', 'service', 'table'],
  // In a stream: by the suppression list. An archive at rest is not processed.
  restrict: ['stream', 'service', 'table'],
  object: ['stream', 'service', 'table'],
  undo: [],
};

const TITLE: Readonly<Record<Operation, string>> = {
  gather: 'Gather Data from',
  rectify: 'Rectify Data in',
  erase: 'Delete Data from',
  restrict: 'Restrict Data in',
  object: 'Stop Processing Data in',
  undo: 'Give back Data to',
};

const DAY = 86_400_000;

/**
 * The tasks of a request, one per store that holds personal data and takes part in its type, in the
 * data map's order. A store that the law exempts from erasure is EXEMPT from the start. `after`
 * reaches through stores that take no part.
 */
export function planTasks(dataMap: DataMap, type: RequestType, now: number): readonly Task[] {
  const operation = OPERATION[type];
  const takesPart = (name: string): boolean => {
    const store = dataMap.stores[name];
    return (
      store !== undefined && store.fields.length > 0 && TAKES_PART[operation].includes(store.kind)
    );
  };
  return Object.entries(dataMap.stores)
    .filter(([name]) => takesPart(name))
    .map(([name, store]) => {
      const exemption = operation === 'erase' ? store.exemption : undefined;
      return {
        taskId: name,
        area: store.area,
        name: taskName(operation, name),
        operation,
        after: nearest(dataMap, store, takesPart),
        destructive: operation === 'erase' || operation === 'rectify',
        state: exemption === undefined ? 'BLOCKED' : 'EXEMPT',
        since: now,
        attempt: 0,
        round: 0,
        failures: 0,
        ...(exemption !== undefined && {
          outcome: {
            kind: 'exempt',
            basis: exemption.basis,
            keptUntil: now + exemption.retainDays * DAY,
          },
        }),
      };
    });
}

/** A task as people read it. */
function taskName(operation: Operation, store: string): string {
  return `${TITLE[operation]} ${store}`;
}

function nearest(
  dataMap: DataMap,
  store: Store,
  takesPart: (name: string) => boolean,
): readonly string[] {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (names: readonly string[]): void => {
    for (const name of names) {
      if (seen.has(name)) continue;
      seen.add(name);
      if (takesPart(name)) found.add(name);
      else visit(dataMap.stores[name]?.after ?? []);
    }
  };
  visit(store.after ?? []);
  return [...found].sort();
}
