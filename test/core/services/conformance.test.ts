import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ServiceWire } from '../../../lib/core/services/conformance/check.ts';
import { verifyService } from '../../../lib/core/services/conformance/verify-service.ts';
import { sampleService, type Fault } from './sample-service.ts';

const EMAIL = 'test@example.com';

function wireTo(fault: Fault): ServiceWire {
  const app = sampleService(fault, new Map([[EMAIL, [{ name: 'T' }, { name: 'U' }]]]));
  return {
    newId: () => randomUUID(),
    wait: () => Promise.resolve(),
    call: async (method, path, body) => {
      const reply = await app.request(path, {
        method,
        ...(body !== undefined && {
          body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
          headers: { 'content-type': 'application/json' },
        }),
      });
      const text = await reply.text();
      let parsed: unknown;
      try {
        parsed = JSON.parse(text);
      } catch {
        parsed = undefined;
      }
      return { kind: 'reply', status: reply.status, body: parsed, bytes: text.length };
    },
  };
}

const subject = [{ identifier: 'email', value: EMAIL }];

describe('the conformance kit', () => {
  it('finds nothing wrong with a service that keeps the protocol', async () => {
    const results = await verifyService(wireTo('none'), subject);
    expect(results.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    expect(results).toHaveLength(9);
  });

  it('erases nobody when no data subject is given', async () => {
    const results = await verifyService(wireTo('none'), undefined);
    expect(results.map(({ outcome }) => outcome)).toEqual([
      ...Array<string>(3).fill('passed'),
      ...Array<string>(6).fill('not-run'),
    ]);
  });

  it.each<[Fault, RegExp]>([
    ['forgets-keys', /^erases once/],
    ['ignores-fence', /^refuses an attempt that was overtaken/],
    ['erases-nothing', /^holds nothing of the test subject/],
    ['undoes-nothing', /^gives back what an erasure took/],
    ['loses-the-erased', /^gives back what an erasure took/],
    ['finds-nobody-wrongly', /^says "no-data"/],
    ['takes-anything', /^refuses what is malformed/],
    ['echoes-identities', /^refuses what is malformed/],
    ['gives-no-data', /^gathers the data/],
    ['never-ends', /^gathers the data/],
    ['counts-falsely', /^gathers the data/],
    ['lies-about-itself', /^says what it can do/],
    ['fails-inside', /^says "no-data"/],
  ])('detects a service that %s', async (fault, claim) => {
    const results = await verifyService(wireTo(fault), subject);
    const failed = results.filter(({ outcome }) => outcome === 'failed');
    expect(failed.map((result) => result.claim)).toEqual(
      expect.arrayContaining([expect.stringMatching(claim)]),
    );
    for (const { detail } of failed) expect(detail).not.toContain(EMAIL);
  });

  it('reports a service that is not there', async () => {
    const gone: ServiceWire = {
      newId: () => 'x',
      wait: () => Promise.resolve(),
      call: () => Promise.resolve({ kind: 'failed', code: 'unreachable' }),
    };
    expect(await verifyService(gone, subject)).toEqual([
      { claim: 'says what it can do', outcome: 'failed', detail: 'no answer (unreachable)' },
    ]);
  });
});
