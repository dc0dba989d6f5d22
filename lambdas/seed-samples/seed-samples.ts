import * as z from 'zod';
import { seedPeople, type SeedDependencies } from '../../lib/sample-services/seed-people.ts';
import type { Log } from '../runtime/log.ts';

export interface SeedSamplesContext {
  deps: SeedDependencies;
  log: Log;
}

const MOST = 500;
const seedRequest = z.strictObject({
  count: z.int().min(1).max(MOST).default(20),
  from: z.int().min(1).max(10_000_000).default(1),
  seed: z.int().min(0).max(1_000_000).default(1),
});

export type SeedSamplesAnswer =
  | {
      readonly ok: true;
      readonly people: number;
      /** Invented addresses to ask for; at most three. */
      readonly someone: readonly string[];
    }
  | { readonly ok: false; readonly faults: readonly string[] };

/**
 * Invents people for the sample services, the same ones for the same seed. Who is there already stays
 * as they are, and who was erased stays erased.
 * @param event `{"count":20,"from":1,"seed":1}`, each optional
 */
export async function seedSamples(
  event: unknown,
  { deps, log }: SeedSamplesContext,
): Promise<SeedSamplesAnswer> {
  const parsed = seedRequest.safeParse(event ?? {});
  if (!parsed.success) {
    const faults = parsed.error.issues.map(
      ({ path, message }) => `${path.map(String).join('.') || 'event'}: ${message}`,
    );
    log.warn('The event has faults', { faults: faults.length });
    return { ok: false, faults };
  }
  const people = await seedPeople(deps, parsed.data);
  log.info('People seeded', { people: people.length });
  return { ok: true, people: people.length, someone: people.slice(0, 3).map(({ email }) => email) };
}
