import { Command } from 'commander';

const program = new Command('lethe').description(
  'Takes personal data out of an event platform: redacted while it streams, erased where it rests.',
);
await program.parseAsync();
