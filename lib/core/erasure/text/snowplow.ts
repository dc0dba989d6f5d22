import type { Buffer } from 'node:buffer';

import type { CompiledMatcher } from '../compiled-matcher.ts';
import { SNOWPLOW_COLUMNS, SNOWPLOW_JSON_COLUMNS } from '../criteria/snowplow-columns.ts';
import type { Hit } from '../matcher.ts';
import { JsonValues } from './json-values.ts';
import { skipMark } from './json-lines.ts';
import { columnQueries, dataOf, textsOf, type ColumnQuery } from './snowplow-json.ts';
import type { RowScanner, Scanned, Verdict } from './row-scanner.ts';
import type { ScanRoom, WantedColumn } from './scan-room.ts';
import { exactText } from './exact-text.ts';

const TAB = 0x09;
/** Rows of an object that are read fully to learn whether a JSONPath leads anywhere. */
const SAMPLE = 256;

interface Column extends WantedColumn {
  name: string;
  queries: readonly ColumnQuery[];
}

/** Snowplow's enriched events: 131 columns, tab-separated, nothing quoted; an empty one is null. */
export class SnowplowScanner implements RowScanner {
  readonly events: Uint32Array;
  readonly endsAtNewline = true;
  readonly #room: ScanRoom;
  readonly #matcher: CompiledMatcher;
  readonly #values: JsonValues;
  readonly #columns: readonly Column[];
  readonly #sampled: readonly number[];
  #toSample = 0;

  constructor(matcher: CompiledMatcher, room: ScanRoom) {
    this.#matcher = matcher;
    this.#room = room;
    this.events = room.events;
    this.#values = new JsonValues(matcher, room.seen);
    const queries = columnQueries(matcher.paths);
    this.#sampled = queries.map(({ path }) => path);
    this.#columns = wantedColumns(room, queries);
    room.beginObject();
    room.useColumns(this.#columns, SNOWPLOW_COLUMNS.length);
  }

  /** Only an object's own beginning is sampled, not that of each of its pieces. */
  begin(head: Uint8Array): { skip: number } {
    this.#toSample = SAMPLE;
    return skipMark(head);
  }

  scan(at: number, end: number, last: boolean): Scanned {
    const sampling = this.#toSample > 0 && this.#sampled.some((id) => this.#room.seen[id] === 0);
    if (!sampling) return this.#room.scanLines('scanTsvRows', at, end, last);
    const scanned = this.#room.scanLines('scanOtherRows', at, end, last, SAMPLE);
    this.#toSample -= scanned.rows;
    return scanned;
  }

  judge(bytes: Buffer, from: number, to: number): Verdict {
    const columns = split(bytes, from, to);
    if (columns.length !== SNOWPLOW_COLUMNS.length) {
      return { fault: `it has ${columns.length} columns, not ${SNOWPLOW_COLUMNS.length}` };
    }
    const hits: Hit[] = [];
    for (const column of this.#columns) {
      const [start, end] = columns[column.column]!;
      if (column.path >= 0) this.#room.seen[column.path] = 1;
      if (start === end) continue;
      if (column.path >= 0) this.#probe(column.path, exactText(bytes, start, end), hits);
      const fault = this.#readJson(column, bytes, start, end, hits);
      if (fault !== undefined) return { fault };
    }
    return this.#matcher.matches(hits) ? 'matches' : 'kept';
  }

  #readJson(
    { name, json, queries }: Column,
    bytes: Buffer,
    start: number,
    end: number,
    hits: Hit[],
  ): string | undefined {
    if (json === undefined) return undefined;
    const reason = this.#values.read(bytes, start, end, json, hits);
    if (reason !== undefined) return `column ${name}: ${reason}`;
    if (queries.length === 0) return undefined;
    const data = dataOf(name, bytes.toString('utf8', start, end));
    if (data === undefined) return `column ${name}: it is not self-describing JSON`;
    for (const query of queries) {
      const onFound = () => void (this.#room.seen[query.path] = 1);
      for (const text of textsOf(query, data, onFound)) this.#probe(query.path, text, hits);
    }
    return undefined;
  }

  #probe(path: number, text: string | undefined, hits: Hit[]): void {
    const hit =
      text === undefined ? undefined : this.#matcher.probe(path, { kind: 'string', text });
    if (hit) hits.push(hit);
  }
}

function wantedColumns(room: ScanRoom, queries: readonly ColumnQuery[]): Column[] {
  const wanted: Column[] = [];
  for (const [column, name] of SNOWPLOW_COLUMNS.entries()) {
    const node = room.root.children.get(name);
    if (!node) continue;
    const own = queries.filter((query) => query.column === name);
    const isJson =
      SNOWPLOW_JSON_COLUMNS.includes(name) && (node.children.size > 0 || own.length > 0);
    wanted.push({
      name,
      column,
      path: node.path,
      ...(isJson && { json: node }),
      deep: own.map(({ path }) => path),
      queries: own,
    });
  }
  return wanted;
}

/** [from, to) of each column, without the line's ending. */
function split(bytes: Uint8Array, from: number, to: number): [number, number][] {
  if (to > from && bytes[to - 1] === 0x0a) to--;
  if (to > from && bytes[to - 1] === 0x0d) to--;
  const columns: [number, number][] = [];
  let start = from;
  for (let at = from; at < to; at++) {
    if (bytes[at] !== TAB) continue;
    columns.push([start, at]);
    start = at + 1;
  }
  columns.push([start, to]);
  return columns;
}
