import { resolve } from 'node:path';
import { openTerminal } from '../terminal/terminal.ts';
import type { DemoOptions } from './demo.ts';
import { openPipeline } from './demo-pipeline.ts';
import { sendAndCheck } from './demo-redaction.ts';
import { printReport } from './demo-report.ts';
import { followRequests } from './demo-requests.ts';
import { printProgress, printRequests } from './demo-requests-report.ts';

const clock = { now: () => Date.now() };
const SILENT = { filed: () => undefined, moved: () => undefined };

/** @returns the exit code: 0 when the check passed, 1 otherwise. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const terminal = openTerminal({ plain: options.json === true });
  try {
    const directory = resolve(options.directory);
    const pipeline = await openPipeline(directory, clock);
    try {
      const isJson = options.json === true;
      const report = await sendAndCheck(options, directory, pipeline, { clock, terminal });
      if (!isJson) printReport(terminal, report);
      const observer = isJson ? SILENT : printProgress(terminal);
      const requests = await followRequests(directory, pipeline, clock, observer);
      if (!isJson) printRequests(terminal, requests, directory);
      if (isJson) terminal.json({ ...report, requests });
      return report.check.passed && requests.passed ? 0 : 1;
    } finally {
      await pipeline.stream.close();
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    terminal.note(`lethe demo: ${error.message}`);
    return 1;
  }
}
