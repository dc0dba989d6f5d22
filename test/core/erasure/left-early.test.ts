import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';

import { ZstdSink } from '../../../lib/core/erasure/compression/zstd.ts';
import { detectFormat } from '../../../lib/core/erasure/detect.ts';
import type { ObjectSource } from '../../../lib/core/erasure/format.ts';
import { formatNamed } from '../../../lib/core/erasure/formats.ts';
import { countResidue } from '../../../lib/core/erasure/text/residue.ts';
import { Collected, matcherOf, objectOf } from './archive-bytes.ts';

/** More than any reader takes in ahead, and hard to pack. */
const text = Array.from(
  { length: 3_000 },
  (_, n) => `${JSON.stringify({ id: String(n), note: randomBytes(1_500).toString('base64') })}\n`,
).join('');

async function zstd(bytes: Uint8Array): Promise<Buffer> {
  const packed = new Collected();
  const sink = new ZstdSink(packed);
  await sink.write(bytes);
  await sink.end();
  return packed.bytes();
}

const PACKED: Record<string, () => Promise<Uint8Array> | Uint8Array> = {
  plain: () => Buffer.from(text),
  gzip: () => gzipSync(text, { level: 1 }),
  zstd: () => zstd(Buffer.from(text)),
};

/** An object of a store with connections: each reading opens one, to be given back. */
class Connected {
  readonly source: ObjectSource;
  open = 0;
  opened = 0;

  /** @param breaksAfter pieces that are read before the connection breaks */
  constructor(bytes: Uint8Array, breaksAfter = Infinity) {
    const inner = objectOf(bytes, 64 << 10);
    const count = (by: number): void => {
      this.open += by;
      if (by > 0) this.opened += by;
    };
    this.source = {
      ...inner,
      async *chunks() {
        count(1);
        try {
          let pieces = 0;
          for await (const chunk of inner.chunks()) {
            if (++pieces > breaksAfter) throw new Error('the connection broke');
            yield chunk;
          }
        } finally {
          count(-1);
        }
      },
    };
  }
}

const matcher = matcherOf([{ match: { id: '1' } }]);
const jsonl = formatNamed('jsonl');

describe.each(Object.entries(PACKED))('what is read of an object, %s', (_name, pack) => {
  it('is given back when its head is enough', async () => {
    const connected = new Connected(await pack());
    expect(await detectFormat(connected.source, matcher)).toBe('jsonl');
    expect(connected).toMatchObject({ open: 0, opened: 1 });
  });

  it('is given back when what is written to fails', async () => {
    const connected = new Connected(await pack());
    const full = { write: () => Promise.reject(new Error('no room')) };
    const found = await jsonl.find(connected.source, matcher);
    if (found.kind !== 'read') throw new Error(found.kind);
    for (const plan of [found.plan, undefined]) {
      const forgetting = jsonl.forget(connected.source, matcher, plan, { kept: full });
      await expect(forgetting).rejects.toThrow('no room');
    }
    expect(connected).toMatchObject({ open: 0, opened: 3 });
  });

  it('fails as its connection does, and hangs on nothing', async () => {
    const connected = new Connected(await pack(), 3);
    await expect(jsonl.find(connected.source, matcher)).rejects.toThrow('the connection broke');
    await expect(countResidue(connected.source, matcher)).rejects.toThrow('the connection broke');
    expect(connected).toMatchObject({ open: 0, opened: 2 });
  }, 30_000);
});
