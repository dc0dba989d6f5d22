import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Lets this process kill itself (SIGKILL) right before its n-th step on the disk from now on, so that
 * a test can let it die between any two of them.
 */
export async function dieBeforeStep(n: number): Promise<void> {
  let steps = 0;
  const step = (): void => {
    steps += 1;
    if (steps === n) process.kill(process.pid, 'SIGKILL');
  };
  const patch = (owner: object, names: readonly string[]): void => {
    const methods = owner as Record<string, (...given: unknown[]) => unknown>;
    for (const name of names) {
      const original = methods[name]!;
      methods[name] = function (this: unknown, ...given: unknown[]) {
        step();
        return original.apply(this, given);
      };
    }
  };
  const handle = await fs.open(process.execPath);
  patch(Object.getPrototypeOf(handle) as object, ['write', 'writeFile', 'sync', 'datasync']);
  await handle.close();
  patch(fs, ['open', 'link', 'rename', 'unlink', 'mkdir', 'rmdir', 'truncate']);
  syncBuiltinESMExports();
}
