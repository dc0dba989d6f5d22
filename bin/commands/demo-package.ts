import { Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from '@zip.js/zip.js';
import type { DemoClient } from './demo-client.ts';
import { linkIn, readMails } from './demo-mail.ts';

/** What was in the zip. */
export interface ReceivedPackage {
  /** Of the zip. */
  readonly bytes: number;
  readonly files: readonly string[];
  /** Records by store. */
  readonly records: Readonly<Record<string, number>>;
}

/** What the data subject gets who follows the link in the last mail. */
export async function fetchPackage(
  client: DemoClient,
  mailbox: string,
  dsrId: string,
): Promise<ReceivedPackage> {
  const mails = await readMails(mailbox, dsrId);
  const link = mails.map((mail) => linkIn(mail, 'package')).find((found) => found !== undefined);
  if (link === undefined) throw new Error('no mail holds a link to the access package');
  const zip = new Uint8Array(await (await client.press(link)).arrayBuffer());
  const reader = new ZipReader(new Uint8ArrayReader(zip));
  const entries = await reader.getEntries();
  const data = entries.find(({ filename }) => filename === 'data.json');
  if (data === undefined || data.directory)
    throw new Error('the access package holds no data.json');
  const text = Buffer.from(await data.getData(new Uint8ArrayWriter())).toString('utf8');
  await reader.close();
  const { stores } = JSON.parse(text) as { stores: Record<string, { records: unknown[] }> };
  return {
    bytes: zip.length,
    files: entries.map(({ filename }) => filename),
    records: Object.fromEntries(
      Object.entries(stores).map(([store, { records }]) => [store, records.length]),
    ),
  };
}
