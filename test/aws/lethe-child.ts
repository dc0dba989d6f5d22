import { spawn } from 'node:child_process';

import { standIn } from './stand-in.ts';

export interface LetheChild {
  readonly kill: () => void;
  readonly ended: Promise<{
    code: number | null;
    signal: string | null;
    stdout: string;
    stderr: string;
  }>;
}

/** The command line as a process of its own, that talks to an endpoint in the place of AWS. */
export function startLethe(endpoint: string, ...args: string[]): LetheChild {
  const { region, credentials } = standIn();
  const child = spawn(process.execPath, ['bin/lethe.js', ...args], {
    env: {
      ...process.env,
      AWS_ENDPOINT_URL: endpoint,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  return {
    kill: () => void child.kill('SIGKILL'),
    ended: new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
    }),
  };
}
