import { erasureOrder } from './erasure-order.ts';
import { fieldPathFault, printPath, samePath, segmentsOf, type FieldPath } from './field-path.ts';
import type { DataMap, Store, StreamStore } from './schema.ts';

/** Faults that no single entry shows: between stores, fields and identifiers. */
export function crossFaults(map: DataMap): string[] {
  const faults: string[] = [];
  for (const [name, store] of Object.entries(map.stores)) {
    const at = `stores.${name}`;
    faults.push(...identifierFaults(map, at, store));
    faults.push(...fieldFaults(at, store));
    if (store.kind === 'stream') faults.push(...streamFaults(at, store));
    for (const before of store.after ?? []) {
      if (map.stores[before] === undefined) {
        faults.push(`${at}.after: there is no store "${before}"; ${known(map.stores)}`);
      }
    }
  }
  const order = erasureOrder(map);
  if (!order.ok)
    faults.push(`stores wait for each other: ${order.cycle.join(' -> ')}; break the cycle`);
  return faults;
}

function identifierFaults(map: DataMap, at: string, store: Store): string[] {
  const faults: string[] = [];
  for (const [identifier, path] of Object.entries(store.identifiers)) {
    if (map.identifiers[identifier] === undefined) {
      faults.push(`${at}.identifiers: "${identifier}" is not declared; ${known(map.identifiers)}`);
    }
    const fault = fieldPathFault(path);
    if (fault !== undefined) faults.push(`${at}.identifiers.${identifier}: ${fault}`);
  }
  if (store.kind === 'archive') faults.push(...ruleFaults(map, at, store));
  if (store.fields.length > 0 && Object.keys(store.identifiers).length === 0) {
    faults.push(
      `${at}: has personal fields but no identifier, so nobody's records could be found in it`,
    );
  }
  return faults;
}

/** A search of an archive writes the values at a path by one rule: docs/adr/0027. */
function ruleFaults(map: DataMap, at: string, { identifiers }: Store): string[] {
  const named = Object.entries(identifiers);
  return named.flatMap(([identifier, path], index) =>
    named
      .slice(0, index)
      .filter(
        ([before, other]) =>
          samePath(path, other) &&
          map.identifiers[before]?.normalise !== map.identifiers[identifier]?.normalise,
      )
      .map(
        ([before]) =>
          `${at}.identifiers: "${before}" and "${identifier}" lie at one path, so both must normalise alike`,
      ),
  );
}

function fieldFaults(at: string, store: Store): string[] {
  const faults: string[] = [];
  const seen: FieldPath[] = [];
  for (const { path } of store.fields) {
    const fault = fieldPathFault(path);
    if (fault !== undefined) faults.push(`${at}.fields: ${fault}`);
    for (const other of seen) {
      if (samePath(path, other)) faults.push(`${at}.fields: "${printPath(path)}" is listed twice`);
      else if (encloses(path, other) || encloses(other, path)) {
        faults.push(
          `${at}.fields: "${printPath(path)}" and "${printPath(other)}" lie within each other`,
        );
      }
    }
    seen.push(path);
  }
  if (store.kind === 'table') {
    const rowActions = new Set(store.fields.map((field) => field.erase));
    if (rowActions.has('delete-row') && rowActions.size > 1) {
      faults.push(
        `${at}.fields: "delete-row" takes the whole row, so no field may ask for another action`,
      );
    }
  }
  return faults;
}

function streamFaults(at: string, store: StreamStore): string[] {
  const faults: string[] = [];
  const consent = store.consent;
  if (consent !== undefined) {
    const fault = fieldPathFault(consent.path);
    if (fault !== undefined) faults.push(`${at}.consent: ${fault}`);
    for (const { path } of store.fields) {
      if (samePath(path, consent.path) || encloses(path, consent.path)) {
        faults.push(`${at}.consent: "${printPath(consent.path)}" would itself be redacted`);
      }
    }
  }
  const marks = Object.values(store.marks ?? {});
  if (new Set(marks).size < marks.length) faults.push(`${at}.marks: both marks have one name`);
  const others = [
    ...Object.values(store.identifiers),
    ...(consent === undefined ? [] : [consent.path]),
  ];
  for (const mark of marks) {
    if (store.fields.some(({ path }) => segmentsOf(path)[0] === mark)) {
      faults.push(`${at}.marks: "${mark}" is also a personal field`);
    } else if (others.some((path) => segmentsOf(path)[0] === mark)) {
      faults.push(`${at}.marks: "${mark}" is also the consent flag or an identifier`);
    }
  }
  if (store.shape !== undefined) {
    const named = [
      consent?.path,
      ...Object.values(store.identifiers),
      ...store.fields.map((f) => f.path),
    ];
    for (const path of named) {
      if (path !== undefined && !store.shape.includes(segmentsOf(path)[0]!)) {
        faults.push(`${at}.shape: lacks "${printPath(path)}", which the store names elsewhere`);
      }
    }
  }
  return faults;
}

function encloses(outer: FieldPath, inner: FieldPath): boolean {
  const out = segmentsOf(outer);
  const within = segmentsOf(inner);
  return out.length < within.length && out.every((key, index) => key === within[index]);
}

function known(names: object): string {
  const list = Object.keys(names);
  return list.length === 0 ? 'none is declared' : `known: ${list.join(', ')}`;
}
