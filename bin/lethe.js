#!/usr/bin/env node
// `npx lethe`: builds the bundle when a source is newer, then runs it.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildCommandLine } from './build.js';

const folder = await buildCommandLine();
await import(pathToFileURL(join(folder, 'bin', 'lethe.js')).href);
