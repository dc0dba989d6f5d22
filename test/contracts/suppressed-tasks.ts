import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SuppressedTasks } from '../../lib/core/ports/suppressed-tasks.ts';

export interface SuppressedTasksUnderTest {
  tasks: SuppressedTasks;
  close?(): Promise<void>;
}

/** Registers the suite that every adapter of SuppressedTasks passes. */
export function suppressedTasksContract(
  adapter: string,
  make: () => Promise<SuppressedTasksUnderTest>,
): void {
  describe(`${adapter} keeps the contract of SuppressedTasks`, () => {
    let under: SuppressedTasksUnderTest;
    let tasks: SuppressedTasks;
    beforeEach(async () => {
      under = await make();
      ({ tasks } = under);
    });
    afterEach(async () => {
      await under.close?.();
    });

    it('gives back what was put last, and nothing for another task', async () => {
      const task = { hashes: ['a', 'b'], attempt: 1, listedAt: 7, keptUntil: 9_000 };
      expect(await tasks.put('d', 't', { hashes: ['a'], attempt: 1 })).toBe('put');
      expect(await tasks.put('d', 't', task)).toBe('put');
      expect(await tasks.get('d', 't')).toEqual(task);
      expect(await tasks.get('d', 'u')).toBeUndefined();
      expect(await tasks.get('e', 't')).toBeUndefined();
    });

    it('leaves what a higher attempt has put', async () => {
      await tasks.put('d', 't', { hashes: ['b'], attempt: 2 });
      expect(await tasks.put('d', 't', { hashes: ['a'], attempt: 1 })).toBe('fenced');
      expect(await tasks.get('d', 't')).toEqual({ hashes: ['b'], attempt: 2 });
      expect(await tasks.put('d', 't', { hashes: ['c'], attempt: 3 })).toBe('put');
    });

    it('names all tasks of one request, and none of another', async () => {
      await tasks.put('d', 't', { hashes: ['a'], attempt: 1 });
      await tasks.put('d', 't.r1', { hashes: ['b'], attempt: 1, listedAt: 1 });
      await tasks.put('dd', 't', { hashes: ['c'], attempt: 1 });
      const hashes = (await tasks.ofRequest('d')).flatMap((task) => task.hashes);
      expect(hashes.sort()).toEqual(['a', 'b']);
      expect(await tasks.ofRequest('nobody')).toEqual([]);
    });
  });
}
