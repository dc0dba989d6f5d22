import { Buffer } from 'node:buffer';

import { canonicalHash } from '../../audit/canonical-json.ts';
import { signCanonical } from '../../receipts/sign-receipt.ts';
import type { Certificate, ChainLink, SignedProof } from '../certificate/certificate.ts';
import { CertificateChain, emptyHead } from '../certificate/chain.ts';
import { certifyObject } from '../certificate/certify-object.ts';
import { advanceChain, nextLink } from '../certificate/run-chain.ts';
import { lastProof } from '../certificate/verify-certificate.ts';
import { outcomeOf, TotalsSum } from '../certificate/sum-totals.ts';
import type { RunDependencies } from './dependencies.ts';
import type { Run, RunTotals } from './run.ts';
import { recordsOf } from './run-records.ts';
import { loadRun, updateRun } from './saved-run.ts';

/**
 * Ends a run: adds up, and stores the signed certificate, a file of chained lines that ends in the
 * signature over all. A certificate that is there already stands: twice is once.
 */
export async function concludeRun(deps: RunDependencies, runId: string): Promise<Run> {
  const run = await loadRun(deps, runId);
  if (run.state !== 'working') return run;
  const sum = new TotalsSum(run);
  for await (const record of recordsOf(deps, runId, run.batches)) sum.add(record);
  const totals = sum.totals();
  const key = `certificates/${runId}.ndjson`;
  const endedAt = deps.clock.now();
  const link = await nextLink(deps, run);
  const lines = certificateLines(deps, run, totals, { endedAt, link });
  const put = await deps.certificates.put(key, lines, {
    ifAbsent: true,
    contentType: 'application/x-ndjson',
  });
  const { certificate } = await lastProof(deps.certificates, key);
  await advanceChain(deps, certificate);
  return updateRun(deps, runId, (now) => ({
    ...now,
    state: certificate.outcome,
    totals: put.kind === 'stored' ? totals : { ...totals, ...certificate.totals },
    endedAt: Date.parse(certificate.endedAt),
    certificate: { key, hash: canonicalHash(certificate) },
  }));
}

interface RunEnd {
  readonly endedAt: number;
  readonly link: ChainLink;
}

async function* certificateLines(
  deps: RunDependencies,
  run: Run,
  totals: RunTotals,
  end: RunEnd,
): AsyncGenerator<Uint8Array> {
  const chain = new CertificateChain(emptyHead(run.runId));
  for await (const record of recordsOf(deps, run.runId, run.batches)) {
    const entry = certifyObject(deps.hashKey, run.places[record.place]!, record);
    if (entry !== undefined) yield lineOf(chain.append(entry));
  }
  const certificate = describe(run, totals, end, chain);
  const signature = await signCanonical(deps.signer, certificate);
  yield lineOf({ certificate, signature } satisfies SignedProof<Certificate>);
}

function describe(
  run: Run,
  { byOrder, suspectedByOrder, ...totals }: RunTotals,
  { endedAt, link }: RunEnd,
  { count, head }: CertificateChain,
): Certificate {
  const { runId, places, orders, maximumProportion, undoUntil } = run;
  const outcome = outcomeOf(totals);
  return {
    format: 'lethe-archive-certificate/1',
    ...{ runId, chain: link, outcome },
    startedAt: new Date(run.startedAt).toISOString(),
    endedAt: new Date(endedAt).toISOString(),
    places: places.map(({ prefix, format }) => ({ prefix, format })),
    orders: orders.map((order) => ({
      ...order,
      rows: byOrder[order.orderId] ?? 0,
      suspected: suspectedByOrder[order.orderId] ?? 0,
    })),
    maximumProportion,
    exceeded: run.exceeded ?? [],
    totals,
    verification: verificationOf(outcome, totals),
    ...(undoUntil !== undefined && { undoUntil: new Date(undoUntil).toISOString() }),
    entries: { count, head },
  };
}

function verificationOf(
  outcome: Certificate['outcome'],
  { residue, suspected }: Certificate['totals'],
): Certificate['verification'] {
  if (outcome === 'done') return suspected > 0 ? 'residue-expires' : 'passed';
  return residue > 0 ? 'residue-found' : 'not-everything-read';
}

function lineOf(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value)}\n`);
}
