import { CompiledMatcher } from '../../../lib/core/erasure/compiled-matcher.ts';
import type { CompiledCriteria } from '../../../lib/core/erasure/criteria/compiler.ts';
import { storedFilters } from '../../../lib/core/erasure/filters/stored-filters.ts';
import type { FormatName } from '../../../lib/core/erasure/format.ts';
import { openArchiveFilters } from '../../../lib/local/archive-filters/archive-filters.ts';
import { etagOf, FileSource } from './file-source.ts';
import type { Skip } from './search.ts';

/** The filters that `lethe index` wrote for a directory. */
export interface DirectoryFilters {
  skip: Skip;
  /** Takes filters away of what was rewritten: they tell something of who is gone. */
  forget(keys: Iterable<string>): Promise<void>;
}

/**
 * Opens them; each file is asked about by the state that it is in.
 * @param state where the key is kept.
 */
export async function openFilters(
  input: string,
  state: string,
  filters: string,
  criteria: CompiledCriteria,
  format: FormatName | 'auto',
): Promise<DirectoryFilters> {
  const { store, key } = await openArchiveFilters(input, state, filters);
  const asked = storedFilters(store, key);
  const matcher = new CompiledMatcher(criteria);
  return {
    skip: async (file) => {
      let source: FileSource;
      try {
        source = new FileSource(file.path);
      } catch {
        // The search names it, and why.
        return undefined;
      }
      source.close();
      const { size, state: now } = source;
      const answer = await asked.mayHold(
        { key: file.key, etag: etagOf(now), size },
        matcher,
        format,
      );
      if (answer.kind === 'read') return undefined;
      const { format: found, rows, seen } = answer;
      const nothing = { matched: 0, unparsable: 0, faults: [] };
      return {
        file,
        state: now,
        findings: { kind: 'read', format: found, rows, ...nothing, seen },
      };
    },
    forget: async (keys) => {
      for (const each of keys) await store.remove(key.nameOf(each));
    },
  };
}
