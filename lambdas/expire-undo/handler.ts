import { connectRun, connectSigner } from '../runtime/connect/runs.ts';
import { readEnv } from '../runtime/env.ts';
import { createLog } from '../runtime/log.ts';
import { expireUndoEnv } from './env.ts';
import { expireUndos } from './expire-undo.ts';

const SERVICE = 'expire-undo';
const env = readEnv(expireUndoEnv, process.env);
const signer = await connectSigner(SERVICE, env);
const deps = await connectRun(SERVICE, env, { signer });
const log = createLog(SERVICE);

export const handler = (): Promise<{ ended: number }> => expireUndos({ deps, log });
