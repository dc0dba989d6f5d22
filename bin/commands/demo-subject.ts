import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Transform } from '../../lib/local/delivery/transform-batch.ts';
import type { ServiceDependencies } from '../../lib/sample-services/find-records.ts';
import { seedPeople, type SamplePerson } from '../../lib/sample-services/seed-people.ts';
import type { DemoPipeline } from './demo-pipeline.ts';

/** A customer nobody has been before in this folder. */
export async function inventSubject(samples: ServiceDependencies): Promise<SamplePerson> {
  const from = randomInt(100_000, 100_000_000);
  const [person] = await seedPeople(samples, { seed: randomInt(1_000), from, count: 1 });
  return person!;
}

/** Sends events of a person who consents through stream and filter into the archive. */
export async function sendEvents(
  pipeline: DemoPipeline,
  person: SamplePerson,
  events: readonly string[],
  transform?: Transform,
): Promise<void> {
  const records = events.map((data) => ({
    partitionKey: person.customerId,
    data: Buffer.from(data),
  }));
  for (const outcome of await pipeline.stream.put(records)) {
    if (!outcome.ok) throw new Error(`the stream refused a record: ${outcome.code}`);
  }
  // Told to stop before it begins, it delivers what is there and returns.
  await pipeline.deliver({}, AbortSignal.abort(), transform);
}

/** An event as the producer would send it. */
export function eventOf({ name, dob, ssn }: SamplePerson, at: number): string {
  const time = new Date(at).toISOString().replace('Z', '000');
  return JSON.stringify({
    ...{ name, dob, gender: 'F', ssn_no: ssn, data_share_consent: true, evnt_time: time },
  });
}

/** Lines of the archive, older versions included, in which a text stands. */
export async function linesWith(pipeline: DemoPipeline, text: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const folder of [pipeline.folder, `${pipeline.folder}.versions`]) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const content = await readFile(join(entry.parentPath, entry.name), 'utf8');
      lines.push(...content.split('\n').filter((line) => line.includes(text)));
    }
  }
  // The readable tree and the versions behind it show the same object.
  return [...new Set(lines)];
}
