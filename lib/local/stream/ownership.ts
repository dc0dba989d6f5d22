import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { syncFolder, systemCode, unlessMissing, writeNewFile } from '../durable-files.ts';
import { hasEnded, identifyProcess, parseIdentity, printIdentity } from '../process-identity.ts';

/** Another process works in the folder. */
export class FolderInUseError extends Error {
  override readonly name = 'FolderInUseError';
}

const CLAIM_NAME = /^owner-(\d+)(\.free)?$/;

/**
 * Claims a folder for this process alone, also after its last owner was killed. Claims are numbered
 * and a number is never used again: two processes that both see a dead owner want the same next
 * number, and a link to a name that exists fails. So no lock is ever broken, only followed.
 * @returns how to give the folder back.
 * @throws {FolderInUseError} when the owner is alive.
 */
export async function claimFolder(folder: string): Promise<() => Promise<void>> {
  const mine = join(folder, `claim-${randomUUID()}`);
  await writeNewFile(mine, printIdentity(identifyProcess()));
  try {
    for (;;) {
      const last = await lastClaim(folder);
      if (!last.isFree) await refuseIfAlive(folder, last.number);
      const number = last.number + 1;
      if (!(await linkUnlessThere(mine, join(folder, `owner-${number}`)))) continue;
      await syncFolder(folder);
      await forgetClaimsBelow(folder, number);
      return async () => {
        await writeNewFile(join(folder, `owner-${number}.free`), '');
      };
    }
  } finally {
    await unlink(mine);
  }
}

async function lastClaim(folder: string): Promise<{ number: number; isFree: boolean }> {
  let number = 0;
  const names = new Set(await readdir(folder));
  for (const name of names) number = Math.max(number, Number(CLAIM_NAME.exec(name)?.[1] ?? 0));
  return { number, isFree: number === 0 || names.has(`owner-${number}.free`) };
}

async function refuseIfAlive(folder: string, number: number): Promise<void> {
  const text = await unlessMissing(readFile(join(folder, `owner-${number}`), 'utf8'));
  // Followed by another claim meanwhile: the next look will tell.
  if (text === undefined) return;
  const owner = parseIdentity(text);
  if (owner !== undefined && hasEnded(owner)) return;
  const isElsewhere = owner !== undefined && owner.host !== identifyProcess().host;
  const who = owner === undefined ? 'another process' : `process ${owner.pid} on ${owner.host}`;
  const otherwise = isElsewhere
    ? `if it has ended for certain, delete ${join(folder, `owner-${number}`)}`
    : 'or choose another directory';
  throw new FolderInUseError(`${folder} is in use by ${who}; stop it first, ${otherwise}`);
}

async function linkUnlessThere(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function forgetClaimsBelow(folder: string, number: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const match = CLAIM_NAME.exec(name);
    if (match !== null && Number(match[1]) < number)
      await unlessMissing(unlink(join(folder, name)));
  }
}
