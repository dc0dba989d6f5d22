import { randomBytes } from 'node:crypto';
import type { Clock } from '../../../lib/core/ports/clock.ts';
import type { Randomness } from '../../../lib/core/ports/randomness.ts';

export const clock: Clock = { now: Date.now };

export const random: Randomness = {
  bytes: (count) => randomBytes(count),
  fraction: () => Math.random(),
};
