import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageKey } from '../../../lib/core/requests/messages/message-keys.ts';
import { messagePublisher } from '../../../lib/core/requests/messages/publish-messages.ts';
import { readEvent, readOrder } from '../../../lib/core/requests/messages/read-message.ts';
import { messageOpener } from '../../../lib/core/requests/messages/signed-message.ts';
import { dataMap } from '../../../lib/data-map.ts';
import { FileRecordStream } from '../../../lib/local/file-record-stream.ts';
import { openFileSigner } from '../../../lib/local/requests/file-signer.ts';
import { eventStreamContract } from '../../contracts/event-stream.ts';
import { signerContract } from '../../contracts/signer.ts';
import { taskStreamContract } from '../../contracts/task-stream.ts';
import { scratchFolder } from '../scratch-folder.ts';

const SECRET = Buffer.alloc(32, 1);
const open = messageOpener([SECRET], dataMap);
const engine = messageKey(SECRET, 'engine');

async function openStream() {
  const stream = await FileRecordStream.open({
    directory: await scratchFolder(),
    clock: { now: () => Date.now() },
    limitThroughput: false,
  });
  const read = async () => {
    const shards: Uint8Array[][] = [];
    for (const reader of stream.readers({})) {
      const records: Uint8Array[] = [];
      for (let found = await reader.read(); found.length > 0; found = await reader.read()) {
        records.push(...found.map(({ data }) => data));
      }
      shards.push(records);
    }
    return shards;
  };
  const publisher = <Message extends { readonly dsrId: string }>() =>
    messagePublisher<Message>(
      stream,
      () => engine,
      ({ dsrId }) => dsrId,
    );
  return { publisher, read, close: () => stream.close() };
}

taskStreamContract('TaskStream in files', async () => {
  const { publisher, read, close } = await openStream();
  return { stream: publisher(), read, close, consume: (record) => readOrder(open, record) };
});

eventStreamContract('EventStream in files', async () => {
  const { publisher, read, close } = await openStream();
  return { stream: publisher(), read, close, consume: (record) => readEvent(open, record) };
});

signerContract('Signer in a file', async () => {
  const path = join(await scratchFolder(), 'signing-key.pem');
  const signer = await openFileSigner(path);
  const publicKey = createPublicKey(await readFile(path, 'utf8'));
  return {
    signer,
    publicKeyPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    reopen: () => openFileSigner(path),
  };
});
