import type { RunDependencies } from '../../../../lib/core/erasure/run/dependencies.ts';

/** The process has died: nothing more is answered. */
class Died extends Error {
  override readonly name = 'Died';
}

/** Calls that change something. */
const WRITES = new Set([
  'put',
  'delete',
  'deleteVersion',
  'save',
  'putObject',
  'putObjects',
  'create',
  'destroy',
]);

/**
 * The same world for a process that dies at its n-th write: before it has had an effect, or after
 * that and before the answer.
 */
export function dyingWorld<World extends RunDependencies>(
  world: World,
  atWrite: number,
  effect: 'before' | 'after',
): { readonly deps: World; readonly died: () => boolean; readonly writes: () => number } {
  let writes = 0;
  let isDead = false;
  const mortal = <T extends object>(port: T): T =>
    new Proxy(port, {
      get: (target, name, receiver) => {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          if (isDead) throw new Died();
          const answer = (): unknown => Reflect.apply(member, target, given);
          if (!WRITES.has(String(name))) return answer();
          return (async () => {
            const isLast = writes++ === atWrite;
            if (isLast && effect === 'before') isDead = true;
            // What is under way when a process dies never gets its end.
            if (isDead) throw new Died();
            const result: unknown = await answer();
            if (isLast) isDead = true;
            if (isDead) throw new Died();
            return result;
          })();
        };
      },
    });
  const deps = {
    ...world,
    objects: mortal(world.objects),
    runs: mortal(world.runs),
    quarantine: mortal(world.quarantine),
    certificates: mortal(world.certificates),
    keys: mortal(world.keys),
    ...('orders' in world && { orders: mortal(world.orders as object) }),
  };
  return { deps, died: () => isDead, writes: () => writes };
}
