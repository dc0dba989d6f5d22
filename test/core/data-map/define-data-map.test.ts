import { describe, expect, it } from 'vitest';
import { DataMapError, defineDataMap } from '../../../lib/core/data-map/define-data-map.ts';
import { erasureOrder } from '../../../lib/core/data-map/erasure-order.ts';
import { dataMap } from '../../../lib/data-map.ts';

const identifiers = { email: { description: 'Mail address', normalise: 'trim-lowercase' } };
const common = {
  description: 'A store',
  area: 'commerce',
  owner: 'shop-team',
  identifiers: { email: 'email' },
  retention: { days: 30 },
  legalBasis: 'contract',
};
const stream = {
  kind: 'stream',
  ...common,
  consent: { path: 'ok' },
  fields: [{ path: 'email', category: 'contact', redact: { kind: 'replace' } }],
};
const table = {
  kind: 'table',
  ...common,
  schema: 'public',
  table: 'orders',
  fields: [{ path: 'email', category: 'contact', erase: 'null' }],
};

function faultsOf(
  stores: Record<string, unknown>,
  known: unknown = identifiers,
): readonly string[] {
  try {
    defineDataMap({ version: 1, identifiers: known, stores });
  } catch (error) {
    if (error instanceof DataMapError) return error.faults;
    throw error;
  }
  return [];
}

describe('the default data map', () => {
  it('describes the customer event exactly', () => {
    const store = dataMap.stores['customer-events'];
    expect(store).toMatchObject({
      kind: 'stream',
      consent: { path: 'data_share_consent' },
      shape: ['name', 'dob', 'gender', 'ssn_no', 'data_share_consent', 'evnt_time'],
      fields: [
        { path: 'dob', redact: { kind: 'replace' } },
        { path: 'ssn_no', redact: { kind: 'replace' } },
      ],
    });
  });

  it('cannot be changed by those who read it', () => {
    expect(Object.isFrozen(dataMap.stores['customer-events']?.fields)).toBe(true);
  });
});

describe('a data map', () => {
  it('is accepted when it can be obeyed', () => {
    expect(faultsOf({ events: stream, orders: { ...table, after: ['events'] } })).toEqual([]);
  });

  it('has each path of an archive normalised by one rule', () => {
    const archive = {
      ...dataMap.stores['customer-archive'],
      after: [],
      identifiers: { email: 'contact', phone: ['contact'], mail: 'contact' },
    };
    const lower = { description: 'Mail address', normalise: 'trim-lowercase' };
    const digits = { description: 'Phone number', normalise: 'digits' };
    expect(faultsOf({ archive }, { email: lower, phone: lower, mail: lower })).toEqual([]);
    expect(faultsOf({ archive }, { email: lower, phone: digits, mail: lower })).toEqual([
      'stores.archive.identifiers: "email" and "phone" lie at one path, so both must normalise alike',
      'stores.archive.identifiers: "phone" and "mail" lie at one path, so both must normalise alike',
    ]);
  });

  it('reports every fault in one message', () => {
    const faulty = {
      events: {
        ...stream,
        identifiers: { phone: 'phone' },
        consent: { path: 'email' },
        marks: { redacted: 'email', redactedAt: 'email' },
      },
      orders: { ...table, identifiers: {}, after: ['nowhere'] },
    };
    const faults = faultsOf(faulty);
    expect(faults).toEqual([
      expect.stringMatching(/"phone" is not declared; known: email/),
      expect.stringMatching(/consent: "email" would itself be redacted/),
      expect.stringMatching(/both marks have one name/),
      expect.stringMatching(/marks: "email" is also a personal field/),
      expect.stringMatching(/marks: "email" is also a personal field/),
      expect.stringMatching(/stores.orders: has personal fields but no identifier/),
      expect.stringMatching(/no store "nowhere"; known: events, orders/),
    ]);
    const message = new DataMapError(faults).message;
    for (const fault of faults) expect(message).toContain(fault);
  });

  it('refuses a mark that would stand in the place of the consent flag or of an identifier', () => {
    for (const mark of ['ok', 'id']) {
      const identified = { ...stream, identifiers: { email: 'id' } };
      expect(faultsOf({ events: { ...identified, marks: { redacted: mark } } })).toEqual([
        expect.stringContaining(`"${mark}" is also the consent flag or an identifier`),
      ]);
    }
  });

  it('names the cycle when stores wait for each other', () => {
    const faults = faultsOf({
      a: { ...table, after: ['c'] },
      b: { ...table, after: ['a'] },
      c: { ...table, after: ['b'] },
    });
    expect(faults).toEqual([expect.stringContaining('a -> c -> b -> a')]);
  });

  it('refuses an action that its kind of store cannot do', () => {
    const faults = faultsOf({
      events: { ...stream, fields: [{ path: 'email', category: 'contact', erase: 'null' }] },
    });
    expect(faults.length).toBeGreaterThan(0);
    expect(faults.join()).toMatch(/stores\.events\.fields/);
  });

  it('refuses fields that are listed twice or lie within each other', () => {
    const field = (path: string | string[]) => ({ path, category: 'contact', erase: 'null' });
    expect(faultsOf({ t: { ...table, fields: [field('a.b'), field(['a', 'b'])] } })).toEqual([
      expect.stringContaining('listed twice'),
    ]);
    expect(faultsOf({ t: { ...table, fields: [field('a'), field('a.b')] } })).toEqual([
      expect.stringContaining('lie within each other'),
    ]);
  });

  it('refuses paths that reach a prototype, wherever they stand', () => {
    const faults = faultsOf({
      events: {
        ...stream,
        identifiers: { email: '__proto__.email' },
        consent: { path: 'constructor' },
      },
    });
    expect(faults).toHaveLength(2);
  });

  it.each([
    undefined,
    null,
    1,
    'map',
    [],
    { version: 2 },
    { version: 1, identifiers: {}, stores: 3 },
  ])('refuses %j with a message, not a crash', (rubbish) => {
    expect(() => defineDataMap(rubbish)).toThrow(DataMapError);
  });
});

describe('the erasure order', () => {
  it('puts every store after all that must be erased before it', () => {
    const map = defineDataMap({
      version: 1,
      identifiers,
      stores: {
        content: { ...table, after: ['commerce', 'users'] },
        commerce: { ...table, after: ['users'] },
        users: table,
      },
    });
    expect(erasureOrder(map)).toEqual({ ok: true, order: ['users', 'commerce', 'content'] });
  });
});
