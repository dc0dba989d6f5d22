import { InvalidArgumentError, type Command } from 'commander';

interface ServiceKeyFlags {
  directory: string;
}

/** `lethe service-key`: the key with which a service signs its change events. */
export function register(program: Command): void {
  program
    .command('service-key')
    .description('Prints the key with which a service signs its change events (docs/adr/0015).')
    .argument('<store>', 'the store of the data map that the service has', readStore)
    .option('--directory <path>', 'where the local target keeps everything', '.lethe')
    .addHelpText(
      'after',
      '\nThe message secret (base64) of a deployment on AWS is taken from LETHE_MESSAGE_SECRET.',
    )
    .action(async (store: string, { directory }: ServiceKeyFlags) => {
      const [{ openTerminal }, { runServiceKey }] = await Promise.all([
        import('../terminal/terminal.ts'),
        import('./service-key-run.ts'),
      ]);
      const secret = process.env['LETHE_MESSAGE_SECRET'];
      process.exitCode = await runServiceKey(openTerminal(), store, { directory, secret });
    });
}

function readStore(text: string): string {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(text)) throw new InvalidArgumentError('must be kebab-case');
  return text;
}
