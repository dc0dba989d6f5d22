import { type Command, InvalidArgumentError } from 'commander';

export interface ServeOptions {
  directory: string;
  port: number;
  hurry?: true;
}

function port(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value <= 65_535) return value;
  throw new InvalidArgumentError('It must be a whole number from 0 to 65535; 0 takes a free one.');
}

export function register(program: Command): void {
  program
    .command('serve')
    .description('serve the API for data subject requests on this machine, and do them')
    .option('--directory <path>', 'where everything is kept', '.lethe')
    .option('--port <n>', 'where to listen, on 127.0.0.1 only', port, 8787)
    .option('--hurry', 'wait seconds where the policy says minutes or days, to try things out')
    .action(async (options: ServeOptions) => {
      const { runServe } = await import('./serve-run.ts');
      process.exitCode = await runServe(options);
    });
}
