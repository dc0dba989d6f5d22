import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './import-graph.ts';

/** A command of the README: a line of a block fenced as `sh`, or `sh aws` if it needs an account. */
export interface ReadmeCommand {
  line: string;
  needsAccount: boolean;
}

/** Reads the commands; a line that ends in a backslash goes on in the next one. */
export function readmeCommands(): ReadmeCommand[] {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const commands: ReadmeCommand[] = [];
  for (const [, info = '', body = ''] of readme.matchAll(/^```(sh[^\n]*)\n(.*?)^```$/gms)) {
    for (const line of body.replaceAll('\\\n', '').split('\n')) {
      const command = line.replace(/\s+#\s.*$/, '').trim();
      if (command !== '' && !command.startsWith('#')) {
        commands.push({ line: command, needsAccount: info.trim() === 'sh aws' });
      }
    }
  }
  return commands;
}
