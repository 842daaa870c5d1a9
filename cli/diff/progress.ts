/** How far a long comparison is: one line that moves, on a terminal's standard error only. */
import type { Summary } from '../../parity/summary.ts';
import { compared, totalVerdicts } from '../../report/parity-rows.ts';

const EVERY_MS = 250;

export interface DiffProgress {
  /** @param readings how often all inputs will be read */
  update(bytesRead: number, readings: number, summary: Summary): void;
  /** Takes the line away. */
  done(): void;
}

/** @param total bytes of all inputs; null where one of them does not say */
export function diffProgress(stream: NodeJS.WriteStream, total: number | null): DiffProgress {
  if (stream.isTTY !== true) return { update: () => {}, done: () => {} };
  const startedAt = performance.now();
  let shownAt = startedAt;
  return {
    update(bytesRead, readings, summary) {
      const now = performance.now();
      if (now - shownAt < EVERY_MS) return;
      shownAt = now;
      const { breaking, ...rest } = totalVerdicts(summary);
      const share = total === null || total === 0 ? '' : `${Math.floor((100 * bytesRead) / (total * readings))} %  `;
      const speed = (bytesRead / 1e6 / ((now - startedAt) / 1000)).toFixed(0);
      stream.write(
        `\r\x1b[K${share}${(bytesRead / 1e6).toFixed(0)} MB, ${speed} MB/s  ${compared({ breaking, ...rest })} pairs, ${breaking} breaking`,
      );
    },
    done: () => void stream.write('\r\x1b[K'),
  };
}
