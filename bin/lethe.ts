import { Command, CommanderError } from 'commander';
import { register as registerDemo } from './commands/demo.ts';
import { register as registerDiscover } from './commands/discover.ts';
import { register as registerErase } from './commands/erase.ts';
import { register as registerIndex } from './commands/index.ts';
import { register as registerRedact } from './commands/redact.ts';
import { register as registerRedrive } from './commands/redrive.ts';
import { register as registerServe } from './commands/serve.ts';
import { register as registerServiceKey } from './commands/service-key.ts';
import { register as registerSimulate } from './commands/simulate.ts';
import { register as registerUndo } from './commands/undo.ts';
import { register as registerVerify } from './commands/verify.ts';
import { register as registerVerifyService } from './commands/verify-service.ts';
import { register as registerWarehouse } from './commands/warehouse.ts';

const WRONG_USAGE = 2;

const program = new Command('lethe')
  .description(
    'Takes personal data out of an event platform: redacted while it streams, erased where it rests.',
  )
  .showHelpAfterError('(--help tells what there is)')
  // Inherited by the commands: we choose the exit code.
  .exitOverride();
for (const register of [
  registerRedact,
  registerErase,
  registerIndex,
  registerDiscover,
  registerUndo,
  registerDemo,
  registerServe,
  registerRedrive,
  registerServiceKey,
  registerSimulate,
  registerVerify,
  registerVerifyService,
  registerWarehouse,
]) {
  register(program);
}

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : WRONG_USAGE;
  } else {
    process.stderr.write(`lethe: ${explain(error)}\n`);
    process.exitCode = 1;
  }
}

/** One line. A parser's message would quote what it could not parse. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return 'something failed that is no error';
  return error instanceof SyntaxError ? error.name : error.message;
}
