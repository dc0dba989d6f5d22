import { type Command, InvalidArgumentError, Option } from 'commander';

const BROKEN = ['skipped-counts-as-done'] as const;

interface SimulateOptions {
  requests: number;
  seed: number;
  break?: (typeof BROKEN)[number];
  json?: true;
}

export function register(program: Command): void {
  program
    .command('simulate')
    .description('run the request engine through invented weeks of faults, and check its laws')
    .option('--requests <n>', 'how many requests', wholeNumber(1, 1_000_000), 1_000)
    .option(
      '--seed <n>',
      'what determines the run; a failing one fails again',
      wholeNumber(0, 2 ** 32 - 1),
      1,
    )
    .addOption(
      new Option('--break <rule>', 'break a rule on purpose, to see it noticed').choices(BROKEN),
    )
    .option('--json', 'one JSON object in place of text')
    .action(async (options: SimulateOptions) => {
      const { runSimulation } = await import('./simulate-run.ts');
      process.exitCode = await runSimulation(options);
    });
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
