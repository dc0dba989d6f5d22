import { expect, it } from 'vitest';
import { openPipeline } from '../../bin/commands/demo-pipeline.ts';
import { sendAndCheck } from '../../bin/commands/demo-redaction.ts';
import { openTerminal } from '../../bin/terminal/terminal.ts';
import { scratchFolder } from '../local/scratch-folder.ts';

const clock = { now: () => Date.now() };
const terminal = openTerminal({ plain: true });

it.each([
  [0, 0, 96],
  [1, 96, 0],
])(
  'a consent ratio of %d leaves %d events as they are and redacts %d',
  async (consentRatio, kept, redacted) => {
    const directory = await scratchFolder();
    const pipeline = await openPipeline(directory, clock);
    const options = { directory, events: 100, consentRatio };
    const { check } = await sendAndCheck(options, directory, pipeline, { clock, terminal });
    await pipeline.stream.close();
    expect(check).toMatchObject({ kept, redacted, failed: 4, valuesFound: 0, passed: true });
  },
);
