import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatQuantity,
  formatRate,
} from '../../bin/terminal/numbers.ts';
import { startProgress } from '../../bin/terminal/progress.ts';
import { formatTable, openTerminal, type Terminal } from '../../bin/terminal/terminal.ts';

describe('numbers as people read them', () => {
  it.each([
    [0, '0 B'],
    [1023, '1,023 B'],
    [1024, '1.0 KiB'],
    [1536, '1.5 KiB'],
    [1024 * 1024 - 1, '1.0 MiB'],
    [5 * 1024 ** 3, '5.0 GiB'],
  ])('%d bytes read %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [1000, '1.0 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min 00 s'],
    [125_000, '2 min 05 s'],
    [3_720_000, '1 h 02 min'],
  ])('%d ms read %s', (milliseconds, text) => {
    expect(formatDuration(milliseconds)).toBe(text);
  });

  it('names one and many, and rates', () => {
    expect([
      formatCount(1_234_567),
      formatQuantity(1, 'event'),
      formatQuantity(2, 'entry', 'entries'),
    ]).toEqual(['1,234,567', '1 event', '2 entries']);
    expect([formatRate(500, 250, 'events'), formatRate(5, 0, 'events')]).toEqual([
      '2,000 events/s',
      '–',
    ]);
  });
});

describe('a terminal that is none', () => {
  it('paints nothing, and tells progress in few plain lines', () => {
    const lines: string[] = [];
    const terminal: Terminal = {
      ...openTerminal({ plain: true }),
      isInteractive: false,
      note: (line) => void lines.push(line),
    };
    let now = 0;
    const progress = startProgress(terminal, {
      label: 'erasing',
      noun: 'objects',
      total: 100,
      now: () => now,
    });
    for (let done = 1; done <= 100; done += 1) {
      now += 100;
      progress.update(done);
    }
    progress.finish(100);
    expect(lines).toEqual([
      'erasing      50/100 objects',
      'erasing      100/100 objects',
      'erasing      100 objects in 10.0 s (10 objects/s)',
    ]);
    expect(terminal.style.red('x')).toBe('x');
    const table = formatTable(
      terminal,
      [{ head: 'key' }, { head: 'n', align: 'right' }],
      [
        ['a', '1'],
        ['b', '20'],
      ],
    );
    expect(table.split('\n')).toEqual([
      '┌─────┬────┐',
      '│ key │  n │',
      '├─────┼────┤',
      '│ a   │  1 │',
      '│ b   │ 20 │',
      '└─────┴────┘',
    ]);
  });
});
