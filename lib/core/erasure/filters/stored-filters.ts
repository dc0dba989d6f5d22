import type {
  FilterAnswer,
  FilterStore,
  MembershipFilters,
} from '../../ports/membership-filters.ts';
import { CompiledMatcher } from '../compiled-matcher.ts';
import type { Matcher } from '../matcher.ts';
import { CriteriaProbe } from './criteria-probe.ts';
import { openFilter } from './filter-file.ts';
import type { FilterKey } from './filter-key.ts';

/** The filters of an archive, as `indexObject` wrote them. */
export function storedFilters(store: FilterStore, key: FilterKey): MembershipFilters {
  const probes = new WeakMap<Matcher, CriteriaProbe>();

  const probeOf = (matcher: CompiledMatcher): CriteriaProbe => {
    const probe = probes.get(matcher) ?? new CriteriaProbe(matcher, key);
    probes.set(matcher, probe);
    return probe;
  };

  return {
    mayHold: async (object, matcher, format): Promise<FilterAnswer> => {
      let sealed: Uint8Array | undefined;
      try {
        sealed = await store.read(key.nameOf(object.key));
      } catch {
        // Without the filter the object is read: slower, and as right.
        return { kind: 'read', reason: 'unreadable' };
      }
      if (sealed === undefined) return { kind: 'read', reason: 'no-filter' };
      const filter = openFilter(key, sealed);
      if (filter === undefined) return { kind: 'read', reason: 'unreadable' };
      if (filter.of !== key.bindingOf(object)) return { kind: 'read', reason: 'stale' };
      if (format !== 'auto' && format !== filter.format) {
        return { kind: 'read', reason: 'other-format' };
      }
      if (!(matcher instanceof CompiledMatcher)) return { kind: 'read', reason: 'undecidable' };
      const probe = probeOf(matcher);
      const answer = probe.ask(filter);
      if (answer !== 'absent') return { kind: 'read', reason: answer };
      const places = probe.placesIn(filter) ?? [];
      const seen = [...places.keys()].filter((path) => filter.seen[places[path]!] === 1);
      return { kind: 'absent', format: filter.format, rows: filter.rows, seen };
    },
  };
}
