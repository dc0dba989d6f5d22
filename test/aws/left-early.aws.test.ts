import { S3Client } from '@aws-sdk/client-s3';
import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { s3ObjectStore } from '../../lib/aws/s3-object-store.ts';
import { CompiledMatcher } from '../../lib/core/erasure/compiled-matcher.ts';
import { detectFormat } from '../../lib/core/erasure/detect.ts';
import { storedSource } from '../../lib/core/erasure/stored-source.ts';
import { compileCriteria } from '../../lib/core/erasure/run/subject-criteria.ts';
import { makeBucket, pathStyle } from './request-resources.ts';

const row = `${JSON.stringify({ id: '1', note: 'x'.repeat(400) })}\n`;
/** Beyond what a client holds of an answer that nobody reads, packed as well. */
const OBJECTS = {
  plain: Buffer.from(row.repeat(10_000)),
  gzip: gzipSync(`${row}${randomBytes(2 << 20).toString('base64')}\n`),
};

it.each(Object.entries(OBJECTS))(
  'gives its connections back when only the head of an object is read, %s',
  async (name, body) => {
    // A client waits for a free connection; one that nobody gives back it waits for in vain.
    const client = new S3Client({
      ...pathStyle(),
      requestHandler: { httpsAgent: { maxSockets: 2 }, httpAgent: { maxSockets: 2 } },
    });
    const store = s3ObjectStore(client, await makeBucket(`left-${name}`));
    const stored = await store.put('object', body);
    if (stored.kind !== 'stored') throw new Error('not stored');
    const criteria = compileCriteria(['{"match":{"id":"1"}}'], { bytes: randomBytes });
    const matcher = new CompiledMatcher(criteria);
    const source = storedSource(store, {
      key: 'object',
      versionId: stored.versionId,
      size: body.length,
    });
    for (let time = 0; time < 8; time++) {
      expect(await detectFormat(source, matcher)).toBe('jsonl');
    }
  },
  60_000,
);
