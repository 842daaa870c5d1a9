/**
 * The progress of a long reading, on standard error: a single updated line on a terminal, otherwise (CI) a line now and
 * then.
 */
import { quantity } from '../../../input/index.ts';
import type { Summary } from '../../../parity/tally/index.ts';
import { compared, totalVerdicts } from '../../../report/index.ts';
import type { Screen } from '../../shared/index.ts';
import type { Input } from '../inputs/index.ts';

const MOVES_EVERY_MS = 250;
const LINE_EVERY_MS = 30_000;

export interface ReadingProgress {
  /**
   * @param readings how often all inputs will be read
   * @param found the results so far, in a few words
   */
  update(bytesRead: number, readings: number, found: () => string): void;
  /** Removes the line. */
  done(): void;
}

/** @param inputs everything that will be read; empty if progress is not measured in bytes */
export function readingProgress(stream: Screen, inputs: readonly Input[]): ReadingProgress {
  const total = inputs.reduce<number | null>(
    (sum, { bytes }) => (sum === null || bytes === null ? null : sum + bytes),
    0,
  );
  const terminal = stream.columns !== null;
  const [before, after] = terminal ? ['\r\x1b[K', ''] : ['', '\n'];
  const startedAt = performance.now();
  let shownAt = startedAt;
  return {
    update(bytesRead, readings, found) {
      const now = performance.now();
      if (now - shownAt < (terminal ? MOVES_EVERY_MS : LINE_EVERY_MS)) return;
      shownAt = now;
      const share = total === null || total === 0 ? '' : `${Math.floor((100 * bytesRead) / (total * readings))} %  `;
      const megabytes = bytesRead / 1e6;
      const speed = (megabytes / ((now - startedAt) / 1000)).toFixed(0);
      const read = bytesRead === 0 ? '' : `${megabytes.toFixed(0)} MB, ${speed} MB/s  `;
      stream.write(`${before}${share}${read}${found()}${after}`);
    },
    done: () => void (terminal && stream.write('\r\x1b[K')),
  };
}

export function comparedSoFar(summary: Summary): string {
  const total = totalVerdicts(summary);
  return `${quantity(compared(total), 'capture')}, ${total.breaking} breaking`;
}
