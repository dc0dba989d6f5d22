import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { ArchiveNotes } from '../../core/ports/archive-notes.ts';
import type { Clock } from '../../core/ports/clock.ts';
import { PATIENCE, patiently, type Patience } from '../tables/retry.ts';
import type { Item } from './run-items.ts';

export interface DynamodbArchiveNotesOptions {
  readonly client: DynamoDBClient;
  /** The table of the archive runs. */
  readonly tableName: string;
  readonly clock: Clock;
  /** @default pauses of up to a second, at random */
  readonly patience?: Patience;
}

/** Longer than any note is of use. In seconds. */
const KEPT = 7 * 24 * 60 * 60;

/**
 * The port ArchiveNotes on the table of the archive runs: `subject#<hash>` or `task#<task>` / the kind
 * of note, which as JSON is in `body`, and lapses at `expiresAt` (seconds since the epoch).
 */
export function dynamodbArchiveNotes(options: DynamodbArchiveNotesOptions): ArchiveNotes {
  const { client, tableName: TableName, clock, patience = PATIENCE } = options;
  const read = async (of: string, kind: string): Promise<unknown> => {
    const Key: Item = { pk: { S: of }, sk: { S: kind } };
    const get = new GetItemCommand({ TableName, Key, ConsistentRead: true });
    const body = (await patiently(() => client.send(get), patience)).Item?.['body']?.S;
    return body === undefined ? undefined : JSON.parse(body);
  };
  const write = async (of: string, kind: string, note: object): Promise<void> => {
    const put = new PutItemCommand({
      TableName,
      Item: {
        ...{ pk: { S: of }, sk: { S: kind } },
        body: { S: JSON.stringify(note) },
        expiresAt: { N: String(Math.floor(clock.now() / 1_000) + KEPT) },
      },
    });
    await patiently(() => client.send(put), patience);
  };
  const about = (subject: string): string => `subject#${subject}`;
  const taskOf = (task: string): string => `task#${task}`;
  return {
    verified: async (subject) =>
      (await read(about(subject), 'verified')) as Awaited<ReturnType<ArchiveNotes['verified']>>,
    saveVerified: (subject, note) => write(about(subject), 'verified', note),
    look: async (subject) =>
      (await read(about(subject), 'look')) as Awaited<ReturnType<ArchiveNotes['look']>>,
    saveLook: (subject, note) => write(about(subject), 'look', note),
    gathering: async (task) =>
      (await read(taskOf(task), 'gather')) as Awaited<ReturnType<ArchiveNotes['gathering']>>,
    saveGathering: (task, note) => write(taskOf(task), 'gather', note),
  };
}
