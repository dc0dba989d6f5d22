import { Buffer } from 'node:buffer';
import { timingSafeEqual } from 'node:crypto';
import * as z from 'zod';

import { NORMALISE_RULES } from '../../suppression/normalise.ts';
import { FORMATS } from '../format.ts';
import { MOST_HASHES, fuseBytes, type FuseFilter } from './fuse-filter.ts';
import { TAG_BYTES, type FilterKey } from './filter-key.ts';

// A filter at rest: magic, u32 length of the header, header (JSON), the parts' bytes, tag.
const MAGIC = Buffer.from('LMF2');
const HEAD = MAGIC.length + 4;

const count = z.int().nonnegative();

const headerSchema = z.strictObject({
  /** Of the key that hashed and sealed it. */
  key: z.string(),
  /** The object's content; see FilterKey.bindingOf. */
  of: z.string(),
  format: z.enum(FORMATS),
  /** All rows; each of them was read. */
  rows: count,
  /** Paths whose values it holds, as segments. */
  paths: z.array(z.array(z.string()).min(1)).min(1),
  /** For each path: the rule by which its values are hashed as well as they are. */
  rules: z.array(z.enum(NORMALISE_RULES)),
  /** For each path: 1 when the object has it. */
  seen: z.array(z.int().min(0).max(1)),
  /** For each path: which tokens there are; see TOKEN_KIND. */
  kinds: z.array(z.int().min(0).max(31)),
  /** Each with a share of the hashes. */
  parts: z.array(
    z.strictObject({
      count: count.max(MOST_HASHES),
      seed: count,
      width: z.int().min(1).max(16),
    }),
  ),
});

type FilterHeader = z.infer<typeof headerSchema>;

/** A filter that can be asked. */
export interface OpenFilter extends Omit<FilterHeader, 'parts' | 'key'> {
  readonly parts: readonly FuseFilter[];
}

export function sealFilter(key: FilterKey, filter: OpenFilter): Buffer {
  const { of, format, rows, paths, rules, seen, kinds, parts } = filter;
  const header: FilterHeader = {
    key: key.id,
    of,
    format,
    rows,
    paths,
    rules,
    seen,
    kinds,
    parts: parts.map(({ count, seed, width }) => ({ count, seed, width })),
  };
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(HEAD);
  MAGIC.copy(head);
  head.writeUInt32LE(text.length, MAGIC.length);
  const bytes = Buffer.concat([head, text, ...parts.map((part) => part.bytes)]);
  return Buffer.concat([bytes, key.tagOf(bytes)]);
}

/** Undefined for anything but a whole filter that this key has sealed. */
export function openFilter(key: FilterKey, sealed: Uint8Array): OpenFilter | undefined {
  if (sealed.length < HEAD + TAG_BYTES) return undefined;
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.length - TAG_BYTES);
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (!timingSafeEqual(key.tagOf(bytes), sealed.subarray(bytes.length))) return undefined;
  const to = HEAD + bytes.readUInt32LE(MAGIC.length);
  const header = headerSchema.safeParse(parse(bytes.toString('utf8', HEAD, to)));
  if (!header.success || header.data.key !== key.id) return undefined;
  const { parts, paths, rules, seen, kinds } = header.data;
  if ([rules, seen, kinds].some(({ length }) => length !== paths.length)) return undefined;
  let at = to;
  const opened = parts.map((part) => {
    const from = at;
    at += fuseBytes(part.count, part.width);
    return { ...part, bytes: bytes.subarray(from, at) };
  });
  return at === bytes.length ? { ...header.data, parts: opened } : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
