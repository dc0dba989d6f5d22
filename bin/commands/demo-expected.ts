import { type FieldPath, segmentsOf } from '../../lib/core/data-map/field-path.ts';
import type { StreamStore } from '../../lib/core/data-map/schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** An event as it was sent. */
interface SentEvent {
  text: string;
  record: Json;
}

/** What is still expected, by what it looks like; several may look alike. */
class Tally<T> {
  private readonly items = new Map<string, T[]>();
  left = 0;

  add(look: string, item: T): void {
    const items = this.items.get(look);
    if (items === undefined) this.items.set(look, [item]);
    else items.push(item);
    this.left += 1;
  }

  take(look: string): T | undefined {
    const item = this.items.get(look)?.pop();
    if (item !== undefined) this.left -= 1;
    return item;
  }
}

/** The object that a text holds by JSON.parse, or undefined. */
export function parseObject(text: string): Json | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Json)
      : undefined;
  } catch {
    return undefined;
  }
}

/** The value at a path that passes no array. */
function valueAt(record: Json, path: FieldPath): unknown {
  let value: unknown = record;
  for (const key of segmentsOf(path)) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Json)[key];
  }
  return value;
}

/**
 * What an archive must hold of the events that were sent: consenting people's whole, others' without
 * their personal values, what is no event as failed. Shares no code with the filter.
 */
export class ExpectedRecords {
  /** Personal values of people who did not consent and that no consenting person has as well. */
  readonly secrets = new Set<string>();
  private readonly consenting = new Tally<string>();
  private readonly unconsenting = new Tally<SentEvent>();
  private readonly malformed = new Tally<string>();
  private readonly paths: readonly FieldPath[];
  private readonly marks: readonly (string | undefined)[];

  constructor(sent: readonly Buffer[], { fields, marks, consent }: StreamStore) {
    this.paths = fields.map(({ path }) => path);
    this.marks = [marks?.redacted ?? 'data_redacted', marks?.redactedAt];
    const open = new Set<string>();
    for (const bytes of sent) {
      const text = bytes.toString('utf8');
      const record = bytes.equals(Buffer.from(text)) ? parseObject(text) : undefined;
      if (record === undefined) {
        this.malformed.add(bytes.toString('base64'), text);
        continue;
      }
      const consents = consent !== undefined && valueAt(record, consent.path) === true;
      if (consents) this.consenting.add(text, text);
      else this.unconsenting.add(this.publicPart(record), { text, record });
      for (const path of this.paths) {
        const value = valueAt(record, path);
        if (typeof value === 'string') (consents ? open : this.secrets).add(value);
      }
    }
    for (const value of open) this.secrets.delete(value);
  }

  /** Events of which no record was seen yet. */
  get left(): number {
    return this.consenting.left + this.unconsenting.left + this.malformed.left;
  }

  /** Ticks off a consenting person's event, byte for byte. */
  takeKept(line: string): boolean {
    return this.consenting.take(line) !== undefined;
  }

  /** Ticks off an event whose every personal value has gone; answers what it was. */
  takeRedacted(line: string): string | undefined {
    const after = parseObject(line);
    const before = after === undefined ? undefined : this.unconsenting.take(this.publicPart(after));
    if (after === undefined || before === undefined) return undefined;
    const isRedacted = this.paths.every((path) => {
      const value = valueAt(before.record, path);
      return value === undefined || valueAt(after, path) !== value;
    });
    return isRedacted ? before.text : undefined;
  }

  /** Ticks off a record that could not be read; given as base64. */
  takeFailed(rawData: unknown): boolean {
    return typeof rawData === 'string' && this.malformed.take(rawData) !== undefined;
  }

  /** What a redacted event still says: all but its personal values and the marks. */
  private publicPart(record: Json): string {
    const hidden = new Set(this.paths.map((path) => segmentsOf(path).at(-1)));
    for (const mark of this.marks) hidden.add(mark);
    return JSON.stringify(record, (key, value: unknown) => (hidden.has(key) ? undefined : value));
  }
}
