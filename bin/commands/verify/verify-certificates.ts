import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import * as z from 'zod';

import { canonicalHash } from '../../../lib/core/audit/canonical-json.ts';
import type { Certificate } from '../../../lib/core/erasure/certificate/certificate.ts';
import type { ChainHead } from '../../../lib/core/erasure/certificate/run-chain.ts';
import {
  verifyCertificate,
  type CertificateVerdict,
} from '../../../lib/core/erasure/certificate/verify-certificate.ts';
import {
  verifyChains,
  type ChainVerdict,
} from '../../../lib/core/erasure/certificate/verify-chains.ts';
import { systemCode } from '../../../lib/local/durable-files.ts';
import { formatQuantity } from '../../terminal/numbers.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { printable } from '../discover/printable.ts';
import { existingDirectory } from '../erase/archive-files.ts';
import { UsageError } from '../erase/usage-error.ts';

interface Verdict {
  readonly outcome: 'whole' | 'broken';
  readonly chains: readonly ChainVerdict[];
  /** Files that are not what was issued. */
  readonly faults: readonly { readonly file: string; readonly reason: string }[];
}

const headSchema = z.object({
  archive: z.string(),
  number: z.int().min(1),
  hash: z.string(),
  runId: z.string(),
});

/** Runs the command and answers its exit code. */
export async function runVerifyCertificates(
  terminal: Terminal,
  directory: string,
  flags: { publicKey: string; json?: boolean },
): Promise<number> {
  try {
    const verdict = await verifyDirectory(directory, flags.publicKey);
    if (flags.json === true) terminal.json(verdict);
    else print(terminal, verdict);
    return verdict.outcome === 'whole' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.note(error.message);
    return 2;
  }
}

async function verifyDirectory(directory: string, keyFile: string): Promise<Verdict> {
  const root = await existingDirectory('<directory>', directory);
  const publicKey = await readKey(keyFile);
  const names = (await readdir(root, { recursive: true })).sort();
  const faults: { file: string; reason: string }[] = [];
  const certificates: Certificate[] = [];
  const heads: ChainHead[] = [];
  const ended = new Map<string, string>();
  for (const file of names) {
    const path = join(root, file);
    if (file.endsWith('.json')) {
      const head = headSchema.safeParse(await readJson(path));
      if (head.success) heads.push(head.data);
      else faults.push({ file, reason: 'it is no head of a chain' });
    }
    if (!file.endsWith('.ndjson')) continue;
    const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity });
    const verdict = await verifyCertificate(lines, publicKey);
    if (verdict.kind === 'unusable-key') {
      throw new UsageError(`--public-key: ${keyFile} holds no RSA or Ed25519 key or certificate`);
    }
    if (verdict.kind !== 'genuine') faults.push({ file, reason: reasonOf(verdict) });
    else if (verdict.certificate.format === 'lethe-archive-certificate/1') {
      certificates.push(verdict.certificate);
    } else ended.set(file, verdict.certificate.certificate);
  }
  const known = new Set(certificates.map(canonicalHash));
  for (const [file, hash] of ended) {
    if (!known.has(hash)) faults.push({ file, reason: 'its certificate is not there' });
  }
  const chains = verifyChains(certificates, heads);
  const isWhole = faults.length === 0 && chains.every(({ verdict }) => verdict === 'whole');
  return { outcome: isWhole ? 'whole' : 'broken', chains, faults };
}

function reasonOf(verdict: Exclude<CertificateVerdict, { kind: 'genuine' }>): string {
  if ('line' in verdict) return `line ${verdict.line} is not what was signed`;
  return 'the content, the signature or the key is not what was issued';
}

async function readKey(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemCode(error) ?? 'unknown';
    throw new UsageError(`--public-key: ${path} cannot be read (${code})`);
  }
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function print(terminal: Terminal, { outcome, chains, faults }: Verdict): void {
  for (const { file, reason } of faults) terminal.note(`${printable(file)}: ${reason}`);
  for (const { archive, certificates, verdict, number } of chains) {
    const at = number === undefined ? '' : ` at certificate ${number}`;
    const words = verdict.replaceAll('-', ' ');
    terminal.print(`${archive}: ${formatQuantity(certificates, 'certificate')}, ${words}${at}`);
  }
  terminal.print(
    outcome === 'whole'
      ? `Whole: ${formatQuantity(chains.length, 'chain')} of certificates, each genuine.`
      : 'Not whole: certificates are missing, moved or not what was issued.',
  );
}
