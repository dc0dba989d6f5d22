import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Who holds something on disk: host, process, and when that process started, so that a number that
 * the system gives to another process later is not mistaken for the holder. Fit for a file name.
 */
export interface ProcessIdentity {
  host: string;
  pid: number;
  /** In the system's own ticks since boot; "0" where the system does not tell. */
  startedAt: string;
  /** Tells two holders in one process apart. */
  nonce: string;
}

/** The 22nd field of /proc/<pid>/stat (proc(5)); its second one may hold spaces and brackets. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
  } catch {
    return '0';
  }
}

export function identifyProcess(): ProcessIdentity {
  return {
    host: hostname().replace(/[^A-Za-z0-9-]/g, '-'),
    pid: process.pid,
    startedAt: startOf(process.pid),
    nonce: randomBytes(6).toString('hex'),
  };
}

export function printIdentity({ host, pid, startedAt, nonce }: ProcessIdentity): string {
  return [host, pid, startedAt, nonce].join('_');
}

export function parseIdentity(text: string): ProcessIdentity | undefined {
  const match = /^([A-Za-z0-9-]+)_(\d+)_(\d+)_([0-9a-f]+)$/.exec(text);
  if (match === null) return undefined;
  const [, host, pid, startedAt, nonce] = match as unknown as [
    string,
    string,
    string,
    string,
    string,
  ];
  return { host, pid: Number(pid), startedAt, nonce };
}

/** Whether a process has surely ended. One on another host cannot be asked, and counts as alive. */
export function hasEnded(identity: ProcessIdentity): boolean {
  if (identity.host !== identifyProcess().host) return false;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
  const startedAt = startOf(identity.pid);
  return startedAt !== '0' && identity.startedAt !== '0' && startedAt !== identity.startedAt;
}
