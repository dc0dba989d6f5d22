import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../lib/core/audit/audit-entry.ts';
import { appendEntries, emptyChain, verifyChain } from '../../../lib/core/audit/chain.ts';

const actor = { kind: 'administrator', id: 'admin-1' } as const;

function chain(length: number, dsrId = 'a') {
  const drafts = Array.from({ length }, (_, at) => ({
    action: `step-${at}`,
    actor,
    facts: { at },
  }));
  return appendEntries(dsrId, emptyChain(dsrId), drafts, 1_000);
}

describe('an audit chain', () => {
  it('is whole as it was written, however it was cut into writes', () => {
    const first = chain(3);
    const second = appendEntries('a', first.head, [{ action: 'x', actor, facts: {} }], 2_000);
    const entries = [...first.entries, ...second.entries];
    expect(verifyChain('a', entries, second.head)).toEqual({ kind: 'whole', head: second.head });
    expect(
      verifyChain('a', JSON.parse(JSON.stringify(entries)) as AuditEntry[], second.head).kind,
    ).toBe('whole');
  });

  it('shows any entry that was altered, taken out, put in, moved or cut off', () => {
    const { entries, head } = chain(12);
    const tamper = fc.oneof(
      fc.nat(11).map((at) => entries.map((e, i) => (i === at ? { ...e, action: 'nothing' } : e))),
      fc.nat(11).map((at) => entries.map((e, i) => (i === at ? { ...e, at: e.at + 1 } : e))),
      fc.nat(11).map((at) => entries.filter((_, i) => i !== at)),
      fc.nat(11).map((at) => entries.slice(0, at)),
      fc.nat(11).map((at) => [...entries.slice(0, at), entries[at]!, ...entries.slice(at)]),
      fc.nat(10).map((at) => entries.with(at, entries[at + 1]!).with(at + 1, entries[at]!)),
    );
    fc.assert(
      fc.property(tamper, (tampered) => {
        expect(verifyChain('a', tampered, head).kind).toBe('broken');
      }),
    );
  });

  it('shows a chain that was rewritten from some entry on, by its anchor', () => {
    const { entries, head } = chain(5);
    const forged = appendEntries(
      'a',
      { seq: 3, hash: entries[2]!.hash },
      [
        { action: 'forged', actor, facts: {} },
        { action: 'forged', actor, facts: {} },
      ],
      1_000,
    );
    const rewritten = [...entries.slice(0, 3), ...forged.entries];
    expect(verifyChain('a', rewritten).kind).toBe('whole');
    expect(verifyChain('a', rewritten, head)).toEqual({ kind: 'broken', seq: 5, fault: 'altered' });
  });

  it('tells the kinds of fault apart', () => {
    const { entries, head } = chain(4);
    const fault = (list: readonly AuditEntry[]) => {
      const verdict = verifyChain('a', list, head);
      return verdict.kind === 'broken' ? `${verdict.fault} at ${verdict.seq}` : 'whole';
    };
    expect(fault(entries.slice(0, 2))).toBe('cut-short at 3');
    expect(fault(entries.slice(1))).toBe('missing-or-moved at 1');
    expect(fault([...entries, { ...entries[3]!, seq: 5 }])).toBe('too-long at 5');
    expect(fault(chain(4, 'b').entries)).toBe('foreign at 1');
  });
});
