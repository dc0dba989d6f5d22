import { once } from 'node:events';
import { chmodSync, closeSync, openSync, writeSync } from 'node:fs';
import type { DataMap, StreamStore } from '../../lib/core/data-map/schema.ts';
import { compilePolicy } from '../../lib/core/redaction/policy.ts';
import { RecordRedactor, type RedactorOptions } from '../../lib/core/redaction/redactor.ts';
import { ISO_TIME } from '../../lib/core/redaction/rewrite.ts';
import { dataMap } from '../../lib/data-map.ts';
import { formatBytes, formatCount, formatDuration, formatRate } from '../terminal/numbers.ts';
import { openTerminal } from '../terminal/terminal.ts';
import { LineRedaction, type LineReason } from './redact-lines.ts';
import type { RedactOptions } from './redact.ts';

/** Failed lines told one by one; the rest is only counted. */
const MOST_TOLD = 100;

/** Something that the caller must mend before any line is read. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

interface FailedLine {
  line: number;
  reason: LineReason;
}

/** @returns the exit code: 0 done, 1 lines failed or the output went away, 2 wrong usage. */
export async function runRedact(options: RedactOptions): Promise<number> {
  const terminal = openTerminal({ plain: true });
  let failedFile: number | undefined;
  try {
    const at = timeOf(options.at);
    const redactor = redactorFor(chooseStream(dataMap, options.stream), dataMap);
    failedFile = options.failed === undefined ? undefined : openFailedFile(options.failed);
    const told: FailedLine[] = [];
    const lines = new LineRedaction(redactor, at, {
      failed: (line, reason) => {
        if (told.length === MOST_TOLD) return;
        told.push({ line, reason });
        if (options.json !== true) terminal.note(`line ${line}: ${reason}`);
      },
      verbatim: (bytes) => {
        if (failedFile !== undefined) writeWholly(failedFile, bytes);
      },
    });
    const started = performance.now();
    const finished = await pump(lines);
    const milliseconds = performance.now() - started;
    const { kept, redacted, failed, bytes } = lines.counts;
    const count = kept + redacted + failed;
    if (options.json === true) {
      const seconds = Math.round(milliseconds) / 1000;
      const linesPerSecond = milliseconds > 0 ? Math.round((count / milliseconds) * 1000) : 0;
      const { blank } = lines.counts;
      const report = {
        lines: count,
        kept,
        redacted,
        failed,
        blank,
        bytes,
        seconds,
        linesPerSecond,
      };
      terminal.note(JSON.stringify({ ...report, finished, failures: told }));
    } else {
      if (failed > told.length) terminal.note(`… and ${formatCount(failed - told.length)} more`);
      const parts = [`${formatCount(kept)} kept`, `${formatCount(redacted)} redacted`];
      terminal.note(
        `${formatCount(count)} lines: ${parts.join(', ')}, ${formatCount(failed)} failed, in ` +
          `${formatDuration(milliseconds)} (${formatRate(count, milliseconds, 'lines')}, ` +
          `${formatBytes(milliseconds > 0 ? (bytes / milliseconds) * 1000 : 0)}/s)`,
      );
      if (!finished)
        terminal.note('lethe redact: the reader of the output went away before the end');
    }
    return failed > 0 || !finished ? 1 : 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.note(`lethe redact: ${error.message}`);
    return error instanceof UsageError ? 2 : 1;
  } finally {
    if (failedFile !== undefined) closeSync(failedFile);
  }
}

/** From standard input to standard output, no faster than it is read. False: the reader went away. */
async function pump(lines: LineRedaction): Promise<boolean> {
  const { stdin, stdout } = process;
  const output: { gone: boolean; fault?: Error } = { gone: false };
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    output.gone = true;
    if (error.code !== 'EPIPE') output.fault = error;
  });
  const write = async (bytes: Uint8Array): Promise<void> => {
    if (bytes.length === 0 || output.gone || stdout.write(bytes)) return;
    // Waiting ends in error when the reader goes away, which the listener above has noted.
    await Promise.race([once(stdout, 'drain'), once(stdout, 'close')]).catch(() => undefined);
  };
  for await (const chunk of stdin as AsyncIterable<Buffer>) {
    await write(lines.take(chunk));
    if (output.gone) break;
  }
  await write(lines.end());
  // What was written last is taken, or refused, only now.
  if (!output.gone) await new Promise<void>((resolve) => stdout.write('', () => resolve()));
  if (output.fault !== undefined) throw output.fault;
  return !output.gone;
}

function chooseStream(map: DataMap, wanted: string | undefined): StreamStore {
  const streams = Object.entries(map.stores).filter(
    (entry): entry is [string, StreamStore] => entry[1].kind === 'stream',
  );
  const names = streams.map(([name]) => name).join(', ');
  if (streams.length === 0) throw new UsageError('lib/data-map.ts has no store of kind "stream"');
  if (wanted === undefined) {
    if (streams.length > 1) throw new UsageError(`say which --stream: ${names}`);
    return streams[0]![1];
  }
  const found = streams.find(([name]) => name === wanted);
  if (found === undefined) throw new UsageError(`there is no stream "${wanted}"; known: ${names}`);
  return found[1];
}

function redactorFor(stream: StreamStore, map: DataMap): RecordRedactor {
  const policy = compilePolicy(stream, map.identifiers);
  const options: RedactorOptions = {};
  if (policy.needsHashKey) {
    const key = Buffer.from(process.env['LETHE_HASH_KEY'] ?? '', 'base64');
    if (key.length < 32) {
      throw new UsageError(
        'the data map hashes a field: set LETHE_HASH_KEY to at least 32 bytes as base64',
      );
    }
    options.hashKey = key;
  }
  return new RecordRedactor(policy, options);
}

function timeOf(at: string | undefined): string {
  if (at === undefined) return new Date().toISOString();
  if (!ISO_TIME.test(at) || Number.isNaN(Date.parse(at))) {
    throw new UsageError(`--at must be ISO 8601 in UTC, as 2026-01-31T12:00:00Z, not "${at}"`);
  }
  return at;
}

/** Readable by its owner alone: what could not be parsed could not be redacted either. */
function openFailedFile(path: string): number {
  try {
    const file = openSync(path, 'w', 0o600);
    // A file that was there before keeps its mode when opened.
    chmodSync(path, 0o600);
    return file;
  } catch (cause) {
    throw new UsageError(
      `--failed: ${cause instanceof Error ? cause.message : 'cannot be written'}`,
      {
        cause,
      },
    );
  }
}

function writeWholly(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}
