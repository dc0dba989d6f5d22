import { expect, it } from 'vitest';
import { Doorbell } from '../../../lib/local/requests/doorbell.ts';
import { repeatLoop } from '../../../lib/local/requests/repeat-loop.ts';
import { runTogether } from '../../../lib/local/requests/run-together.ts';

it('when one loop fails, the others end first, and then its error is thrown', async () => {
  const steps: string[] = [];
  const other = async (signal: AbortSignal): Promise<void> => {
    await new Doorbell().wait(60_000, signal);
    steps.push('the other has ended');
  };
  const failing = () => Promise.reject(new Error('broken'));
  await expect(runTogether([other, failing], new AbortController().signal)).rejects.toThrow(
    'broken',
  );
  expect(steps).toEqual(['the other has ended']);
});

it('a loop outlives a fault and tells no more of it than its class', async () => {
  const stop = new AbortController();
  const bell = new Doorbell();
  const faults: string[] = [];
  let rounds = 0;
  await repeatLoop(
    {
      bell,
      every: 1,
      work: () => {
        rounds += 1;
        if (rounds === 1) {
          bell.ring();
          return Promise.reject(new TypeError('about ann@example.com'));
        }
        stop.abort();
        return Promise.resolve(false);
      },
      onFault: (name) => faults.push(name),
    },
    stop.signal,
  );
  expect([rounds, faults]).toEqual([2, ['TypeError']]);
});
