import { describe, expect, it } from 'vitest';

import type { Certificate } from '../../../../lib/core/erasure/certificate/certificate.ts';
import type { ChainHead } from '../../../../lib/core/erasure/certificate/run-chain.ts';
import { lastProof } from '../../../../lib/core/erasure/certificate/verify-certificate.ts';
import { verifyChains } from '../../../../lib/core/erasure/certificate/verify-chains.ts';
import { driveRun } from '../../../../lib/core/erasure/run/drive-run.ts';
import { dyingWorld } from './dying-world.ts';
import { openWorld, put, request, row, textOf, twoOrders, type World } from './run-world.ts';

async function drive(world: World, runId: string, prefix = 'data/'): Promise<void> {
  const places = [{ prefix, format: 'jsonl' as const }];
  await driveRun(world, twoOrders(), request({ runId, places }));
}

async function proofsOf(world: World, ...runIds: string[]): Promise<Certificate[]> {
  const proofs = await Promise.all(
    runIds.map((runId) => lastProof(world.certificates, `certificates/${runId}.ndjson`)),
  );
  return proofs.map(({ certificate }) => certificate);
}

async function headsOf(world: World): Promise<ChainHead[]> {
  const heads: ChainHead[] = [];
  for await (const { key } of world.certificates.list('chains/')) {
    heads.push(JSON.parse((await textOf(world.certificates, key))!) as ChainHead);
  }
  return heads;
}

async function threeRuns(): Promise<{ world: World; proofs: Certificate[]; heads: ChainHead[] }> {
  const world = openWorld();
  for (const runId of ['run-1', 'run-2', 'run-3']) {
    await put(world.objects, 'data/a', row('alice'));
    await drive(world, runId);
  }
  const proofs = await proofsOf(world, 'run-1', 'run-2', 'run-3');
  return { world, proofs, heads: await headsOf(world) };
}

describe('the certificates of an archive', () => {
  it('name each the one before, and those of another archive are of a chain of their own', async () => {
    const { world, proofs, heads } = await threeRuns();
    await drive(world, 'other', 'elsewhere/');
    const [other] = await proofsOf(world, 'other');
    expect(other?.chain.number).toBe(1);
    expect(verifyChains(proofs, heads)).toMatchObject([{ certificates: 3, verdict: 'whole' }]);
    const both = verifyChains([...proofs, other!].reverse(), await headsOf(world));
    expect(both.map(({ verdict }) => verdict)).toEqual(['whole', 'whole']);
  });

  it('tell of each one that is missing, altered, doubled, or cut off at the end', async () => {
    const { proofs, heads } = await threeRuns();
    const [one, two, three] = proofs as [Certificate, Certificate, Certificate];
    const judge = (some: readonly Certificate[], known: readonly ChainHead[] = heads) => {
      const [{ verdict, number } = { verdict: 'none' }] = verifyChains(some, known);
      return [verdict, number];
    };
    expect(judge([two, three])).toEqual(['missing-or-moved', 1]);
    expect(judge([one, three])).toEqual(['missing-or-moved', 2]);
    expect(judge([one, { ...two, endedAt: 'later' }, three])).toEqual(['missing-or-moved', 3]);
    expect(judge([one, two, { ...two, runId: 'x' }, three])).toEqual(['forked', 2]);
    expect(judge([one, two])).toEqual(['cut-short', 3]);
    expect(judge([one, two], [])).toEqual(['whole', undefined]);
    expect(judge([one, two, { ...three, endedAt: 'later' }])).toEqual(['forked', 3]);
  });

  it('are one chain however often runs die', async () => {
    for (const effect of ['before', 'after'] as const) {
      for (let at = 0; ; at++) {
        const world = openWorld();
        await drive(world, 'run-1');
        await put(world.objects, 'data/a', row('alice') + row('carol'));
        const { deps, died } = dyingWorld(world, at, effect);
        await drive(deps, 'run-2').catch(() => undefined);
        const hasDied = died();
        await drive(world, 'run-2');
        await drive(world, 'run-3');
        const proofs = await proofsOf(world, 'run-1', 'run-2', 'run-3');
        expect(verifyChains(proofs, await headsOf(world)), `died ${effect} ${at}`).toMatchObject([
          { certificates: 3, verdict: 'whole' },
        ]);
        if (!hasDied) break;
      }
    }
  });
});
