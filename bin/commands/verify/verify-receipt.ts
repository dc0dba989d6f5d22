import { readFile } from 'node:fs/promises';
import * as z from 'zod';

import { verifyCertificate } from '../../../lib/core/erasure/certificate/verify-certificate.ts';
import type { SignedReceipt } from '../../../lib/core/receipts/receipt.ts';
import { verifyReceipt } from '../../../lib/core/receipts/sign-receipt.ts';
import { systemCode } from '../../../lib/local/durable-files.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { UsageError } from '../erase/usage-error.ts';

/** What must be there to be verified; what else a receipt says is under its signature. */
const signedReceipt = z.looseObject({
  receipt: z.looseObject({ format: z.literal('lethe-receipt/1'), dsrId: z.string() }),
  signature: z.looseObject({ alg: z.string(), keyId: z.string(), value: z.string() }),
});

interface Verdict {
  readonly verdict: 'genuine' | 'not-genuine' | 'altered' | 'malformed' | 'unusable-key';
  /** The first line at which a certificate is not what it was. */
  readonly line?: number;
  /** What it proves. */
  readonly of?: string;
  readonly outcome?: string;
}

/** Runs the command and answers its exit code. */
export async function runVerifyReceipt(
  terminal: Terminal,
  file: string,
  flags: { publicKey: string; json?: boolean },
): Promise<number> {
  try {
    const publicKey = await readText('--public-key', flags.publicKey);
    const verdict = await judge(await readText('<file>', file), publicKey);
    if (verdict.verdict === 'unusable-key') {
      throw new UsageError(
        `--public-key: ${flags.publicKey} holds no RSA or Ed25519 key or certificate, PEM`,
      );
    }
    if (flags.json === true) terminal.json(verdict);
    else terminal.print(sentence(verdict));
    return verdict.verdict === 'genuine' ? 0 : 1;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    terminal.note(error.message);
    return 2;
  }
}

async function judge(text: string, publicKey: string): Promise<Verdict> {
  const receipt = signedReceipt.safeParse(parse(text));
  if (receipt.success) {
    const signed = receipt.data as unknown as SignedReceipt;
    const { dsrId, outcome } = signed.receipt;
    return { verdict: verifyReceipt(signed, publicKey).kind, of: `request ${dsrId}`, outcome };
  }
  const verdict = await verifyCertificate(text.split('\n'), publicKey);
  if (verdict.kind !== 'genuine') {
    return { verdict: verdict.kind, ...('line' in verdict && { line: verdict.line }) };
  }
  const { certificate } = verdict;
  const isExpiry = certificate.format === 'lethe-undo-expiry/1';
  return {
    verdict: 'genuine',
    of: `run ${certificate.runId}`,
    outcome: isExpiry ? `undo ended at ${certificate.destroyedAt}` : certificate.outcome,
  };
}

function sentence({ verdict, of, outcome, line }: Verdict): string {
  switch (verdict) {
    case 'genuine':
      return `Genuine: ${of ?? ''}, ${outcome ?? ''}.`;
    case 'altered':
      return `Not genuine: line ${line ?? 1} is not what was signed.`;
    case 'malformed':
      return 'Not genuine: it is no receipt and no whole certificate of Lethe.';
    default:
      return 'Not genuine: the content, the signature or the key is not what was issued.';
  }
}

async function readText(option: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new UsageError(`${option}: ${path} cannot be read (${systemCode(error) ?? 'unknown'})`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
