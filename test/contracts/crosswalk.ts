import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Crosswalk } from '../../lib/core/ports/crosswalk.ts';
import type { Identity } from '../../lib/core/requests/model/request.ts';

export interface CrosswalkUnderTest {
  crosswalk: Crosswalk;
  /** All identities of two people, as the golden record has them. */
  people: readonly [readonly Identity[], readonly Identity[]];
  nobody: readonly Identity[];
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of Crosswalk passes. */
export function crosswalkContract(adapter: string, make: () => Promise<CrosswalkUnderTest>): void {
  describe(`${adapter} keeps the contract of Crosswalk`, () => {
    let under: CrosswalkUnderTest;
    beforeEach(async () => {
      under = await make();
    });
    afterEach(async () => {
      await under.close?.();
    });

    it('leads from any one identity of a person to all of them', async () => {
      for (const identities of under.people) {
        for (const identity of identities) {
          const resolution = await under.crosswalk.resolve([identity]);
          expect(resolution).toMatchObject({ kind: 'resolved' });
          if (resolution.kind === 'resolved') {
            expect([...resolution.identities]).toEqual(expect.arrayContaining([...identities]));
            expect(resolution.identities).toHaveLength(identities.length);
          }
        }
      }
    });

    it('knows nobody by identities that nobody has', async () => {
      expect(await under.crosswalk.resolve(under.nobody)).toEqual({ kind: 'unknown' });
    });

    it('leaves it to a person to decide when the identities are of several people', async () => {
      const [[ann], [bob]] = under.people;
      expect(await under.crosswalk.resolve([ann!, bob!])).toEqual({ kind: 'ambiguous' });
    });
  });
}
