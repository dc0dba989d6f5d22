import { simulate, type BrokenRule, type SimulationReport } from '../../lib/simulation/simulate.ts';
import { formatBytes, formatCount, formatDuration } from '../terminal/numbers.ts';
import { startProgress } from '../terminal/progress.ts';
import { formatTable, openTerminal, type Terminal } from '../terminal/terminal.ts';

/** Answers the exit code: 0 when every law held, 1 when one did not. */
export async function runSimulation(options: {
  requests: number;
  seed: number;
  break?: BrokenRule;
  json?: true;
}): Promise<number> {
  const { requests, seed, json } = options;
  const terminal = openTerminal({ plain: json === true });
  const started = performance.now();
  const progress = startProgress(terminal, {
    label: 'simulating',
    noun: 'requests',
    total: requests,
  });
  const report = await simulate({
    requests,
    seed,
    ...(options.break !== undefined && { broken: options.break }),
    onProgress: (closed) => {
      progress.update(closed);
    },
  });
  const milliseconds = performance.now() - started;
  if (report.violation === undefined) progress.finish(requests);
  else progress.abandon();
  if (json === true) terminal.json({ ...report, milliseconds: Math.round(milliseconds) });
  else printReport(terminal, report, milliseconds);
  if (report.violation === undefined) return 0;
  const broken = options.break === undefined ? '' : ` --break ${options.break}`;
  terminal.note(
    `Seed ${seed} fails: ${report.violation}. ` +
      `Replay: npx lethe simulate --requests ${requests} --seed ${seed}${broken}`,
  );
  return 1;
}

function printReport(terminal: Terminal, report: SimulationReport, milliseconds: number): void {
  const columns = [{ head: 'outcome' }, { head: 'requests', align: 'right' as const }];
  const outcomes = Object.entries(report.outcomes).sort(([, a], [, b]) => b - a);
  terminal.print(
    formatTable(
      terminal,
      columns,
      outcomes.map(([name, count]) => [name, formatCount(count)]),
    ),
  );
  const faults = Object.entries(report.faults).map(([name, count]) => [
    FAULT_NAMES[name as keyof SimulationReport['faults']],
    formatCount(count),
  ]);
  terminal.print(
    formatTable(terminal, [{ head: 'injected' }, { head: 'times', align: 'right' }], faults),
  );
  const { requests, tasks, checks, steps, virtualDays, noticesAccepted, seed } = report;
  terminal.print(
    `Seed ${seed}: ${formatCount(requests)} requests with ${formatCount(tasks)} tasks and ` +
      `${formatCount(noticesAccepted)} notices over ${Math.round(virtualDays)} virtual days; ` +
      `${formatCount(steps)} steps, ${formatCount(checks)} checks; ` +
      `${formatDuration(milliseconds)}, ${formatBytes(process.memoryUsage.rss())} in memory at the end.`,
  );
  if (report.violation === undefined) {
    terminal.print(terminal.style.green('Every law held after every step.'));
  }
}

const FAULT_NAMES: Readonly<Record<keyof SimulationReport['faults'], string>> = {
  transient: 'calls that failed for now',
  crash: 'processes that died after an effect',
  duplicate: 'messages delivered twice',
  poison: 'tasks that no attempt could do',
  throttle: 'throttled calls',
  lie: 'erasures said to be done that were not',
  lostChange: 'change events lost',
  garbage: 'messages that were rubbish',
  restart: 'restarts of everything',
  clockJump: 'jumps of the clock',
};
