import { type Command, InvalidArgumentError } from 'commander';

/** What the check holds in memory: every event that was sent. */
const MOST_EVENTS = 200_000;

export interface DemoOptions {
  directory: string;
  events: number;
  seed?: number;
  consentRatio: number;
  json?: true;
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

function ratio(text: string): number {
  const value = Number(text);
  if (/^\d*\.?\d+$/.test(text) && value <= 1) return value;
  throw new InvalidArgumentError('It must be a number from 0 to 1.');
}

export function register(program: Command): void {
  program
    .command('demo')
    .description(
      'send invented events through stream, filter and delivery on this machine, and check',
    )
    .option('--directory <path>', 'where everything is kept', '.lethe')
    .option('--events <n>', 'how many events to send', wholeNumber(1, MOST_EVENTS), 5000)
    .option('--seed <n>', 'makes the invented people repeatable', wholeNumber(0, 2 ** 32 - 1))
    .option('--consent-ratio <p>', 'share of people who consent', ratio, 0.5)
    .option('--json', 'one JSON object in place of text')
    .action(async (options: DemoOptions) => {
      const { runDemo } = await import('./demo-run.ts');
      process.exitCode = await runDemo(options);
    });
}
