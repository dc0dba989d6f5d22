import { InvalidArgumentError, type Command } from 'commander';
import type { CheckResult } from '../../lib/core/services/conformance/verify-service.ts';
import type { Identity } from '../../lib/core/requests/model/request.ts';

interface Options {
  subject?: Identity[];
  json?: boolean;
}

/** Adds `lethe verify service`. */
export function register(program: Command): void {
  const verify =
    program.commands.find((command) => command.name() === 'verify') ??
    program.command('verify').description('try what is claimed');
  verify
    .command('service')
    .description('try whether a service keeps the protocol; see /dsr/capabilities')
    .argument('<url>', 'where the service is: everything before /dsr', readUrl)
    .option(
      '--subject <identifier=value>',
      'a data subject made for the test, who WILL BE ERASED; repeat for more identifiers',
      readSubject,
    )
    .option('--json', 'print the results as JSON')
    .addHelpText('after', '\nA token in LETHE_SERVICE_TOKEN is sent as "Authorization: Bearer".')
    .action(async (url: string, options: Options) => {
      const [{ verifyService }, { httpServiceWire }] = await Promise.all([
        import('../../lib/core/services/conformance/verify-service.ts'),
        import('./verify-service-wire.ts'),
      ]);
      const wire = httpServiceWire(url, process.env['LETHE_SERVICE_TOKEN']);
      const results = await verifyService(wire, options.subject);
      process.stdout.write(
        options.json === true ? `${JSON.stringify({ results })}\n` : printResults(results),
      );
      if (results.some(({ outcome }) => outcome === 'failed')) process.exitCode = 1;
    });
}

function printResults(results: readonly CheckResult[]): string {
  const marks = { passed: 'ok  ', failed: 'FAIL', 'not-run': '-   ' };
  const width = Math.max(...results.map(({ store = '' }) => store.length));
  const lines = results.map(({ store = '', claim, outcome, detail }) => {
    const line = `${marks[outcome]} ${store.padEnd(width)}  ${claim}`;
    return detail === undefined ? line : `${line}\n     ${' '.repeat(width)}  ${detail}`;
  });
  const count = (wanted: CheckResult['outcome']) =>
    results.filter(({ outcome }) => outcome === wanted).length;
  lines.push(`${count('passed')} passed, ${count('failed')} failed, ${count('not-run')} not run`);
  return `${lines.join('\n')}\n`;
}

function readUrl(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new InvalidArgumentError('give an http(s) URL');
  }
  return text.replace(/\/+$/, '');
}

function readSubject(text: string, before: Identity[] = []): Identity[] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) {
    throw new InvalidArgumentError('write it as identifier=value, such as email=test@example.com');
  }
  return [...before, { identifier: text.slice(0, at), value: text.slice(at + 1) }];
}
