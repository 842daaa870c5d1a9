import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Input } from '../../cli/compare/inputs/inputs.ts';
import { readingProgress } from '../../cli/compare/outcome/progress.ts';

const file = (bytes: number | null): Input => ({ file: 'a.ndjson', compression: 'none', recording: null, bytes });

/** Returns what is written in this many seconds, with an update every tenth of a second. */
function written(columns: number | null, seconds: number, inputs: readonly Input[], bytesPerTell = 1e6): string[] {
  const lines: string[] = [];
  const screen = { columns, rows: null, coloured: false, write: (text: string) => void lines.push(text) };
  const progress = readingProgress(screen, inputs);
  for (let i = 1; i <= seconds * 10; i++) {
    vi.advanceTimersByTime(100);
    progress.update(i * bytesPerTell, 1, () => `${i} pairs`);
  }
  progress.done();
  return lines;
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

describe('progress of a long reading', () => {
  it('is one line that moves, on a terminal, and is taken away in the end', () => {
    const lines = written(80, 2, [file(40e6)]);
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.every((line) => line.startsWith('\r') && !line.includes('\n'))).toBe(true);
    expect(lines[0]).toContain('7 %  3 MB, 10 MB/s  3 pairs');
    expect(lines.at(-1)).toBe('\r\u001b[K');
  });

  it('is a line each half minute elsewhere, and none of what is done before', () => {
    expect(written(null, 29, [file(1e9)])).toEqual([]);
    expect(written(null, 61, [file(1e9)])).toEqual([
      '30 %  300 MB, 10 MB/s  300 pairs\n',
      '60 %  600 MB, 10 MB/s  600 pairs\n',
    ]);
  });

  it('says no share where an input does not say its size, and no bytes where it is not a matter of bytes', () => {
    expect(written(null, 31, [file(null), file(1e9)])).toEqual(['300 MB, 10 MB/s  300 pairs\n']);
    expect(written(null, 31, [], 0)).toEqual(['300 pairs\n']);
  });
});
