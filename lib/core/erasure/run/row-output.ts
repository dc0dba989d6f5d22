import type { ObjectAttributes } from '../../ports/object-store.ts';
import type { ObjectSource } from '../format.ts';
import type { RunObject, RunPlace } from './run.ts';

/** Where a run puts rows besides: objects of the same format and layout as those they come from. */
export interface RowOutput {
  /** Stores an object wholly or not at all, in the place of one of this name. */
  put(name: string, body: AsyncIterable<Uint8Array>, attributes: ObjectAttributes): Promise<void>;
  /** What was put there. */
  open(name: string): Promise<ObjectSource>;
}

/** An object's name below the place that it comes from. */
export function outputName({ prefix }: RunPlace, { key }: Pick<RunObject, 'key'>): string {
  return key.slice(prefix.length).replace(/^\/+/, '');
}

/**
 * The name for what is taken out of a version: the object's own, and a numbered one beside it for a
 * version that somebody has put in between. A version that is begun anew takes its name again.
 */
export function removedName(place: RunPlace, record: RunObject, etag: string): string {
  const known = [...new Set(record.rewritings.map(({ before }) => before.etag))];
  const nth = known.includes(etag) ? known.indexOf(etag) : known.length;
  const name = outputName(place, record);
  return nth === 0 ? name : `${name}.${nth}`;
}
