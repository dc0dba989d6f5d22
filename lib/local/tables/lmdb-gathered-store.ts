import { NONCE_BYTES, seal, unseal, type SealedBox } from '../../core/identity/sealed-box.ts';
import { requestKeyName } from '../../core/identity/subject-boxes.ts';
import type { GatheredStore } from '../../core/ports/gathered-store.ts';
import type { KeyVault } from '../../core/ports/key-vault.ts';
import type { Randomness } from '../../core/ports/randomness.ts';
import type { GatheredData } from '../../core/ports/services.ts';
import type { Tables } from './open-tables.ts';

interface Row {
  readonly attempt: number;
  readonly box: SealedBox;
}

/** Gathered data of a request whose key is not there yet: nothing may be kept in clear. */
class RequestKeyMissingError extends Error {
  override readonly name = 'RequestKeyMissingError';
}

/** The port GatheredStore in the local tables, each entry sealed under its request's key. */
export function lmdbGatheredStore(
  tables: Tables,
  keys: KeyVault,
  random: Pick<Randomness, 'bytes'>,
): GatheredStore {
  const rows = tables.table<Row, [dsrId: string, taskId: string]>('gathered');
  const rowsOf = (dsrId: string) => rows.getRange({ start: [dsrId, ''], end: [dsrId, '\uffff'] });
  const purpose = (dsrId: string, taskId: string) => `gathered/${dsrId}/${taskId}`;

  return {
    put: async (dsrId, taskId, attempt, data) => {
      const key = await keys.get(requestKeyName(dsrId));
      // The request was closed meanwhile: what comes late is wanted no more.
      if (key.kind === 'destroyed') return;
      if (key.kind === 'missing') throw new RequestKeyMissingError('The request has no key.');
      const box = seal(key.key, purpose(dsrId, taskId), data, random.bytes(NONCE_BYTES));
      tables.transact(() => {
        const known = rows.get([dsrId, taskId]);
        if ((known?.attempt ?? 0) <= attempt) rows.putSync([dsrId, taskId], { attempt, box });
      });
    },
    async *list(dsrId) {
      const key = await keys.get(requestKeyName(dsrId));
      if (key.kind !== 'key') return;
      for (const { key: id, value } of [...rowsOf(dsrId)]) {
        const [, taskId] = id;
        const data = unseal(key.key, purpose(dsrId, taskId), value.box) as GatheredData;
        yield { taskId, data };
      }
    },
    clear: (dsrId) => {
      tables.transact(() => {
        for (const { key } of [...rowsOf(dsrId)]) rows.removeSync(key);
      });
      return Promise.resolve();
    },
  };
}
