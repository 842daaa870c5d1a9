/** How far a long reading is: on a terminal one line that moves, elsewhere (CI) a line now and then; on standard error. */
import type { Summary } from '../../../parity/tally/index.ts';
import { compared, totalVerdicts } from '../../../report/index.ts';
import type { Screen } from '../../shared/index.ts';
import type { Input } from '../inputs/index.ts';

const MOVES_EVERY_MS = 250;
const LINE_EVERY_MS = 30_000;

export interface ReadingProgress {
  /**
   * @param readings how often all inputs will be read
   * @param found what has come of it so far, in a few words
   */
  update(bytesRead: number, readings: number, found: () => string): void;
  /** Takes the line away. */
  done(): void;
}

/** @param inputs all that will be read; none where that is not a matter of bytes */
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
  return `${compared(total)} captures, ${total.breaking} breaking`;
}
