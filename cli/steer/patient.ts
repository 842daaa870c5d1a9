/** Makes a reading that is repeated for days survive a temporary network failure. */
import { isTransient } from '../../core/model/index.ts';

/** How long a reading that has succeeded before may fail, in milliseconds. */
export const PATIENCE_MS = 5 * 60_000;

/**
 * The same reading, but null while it fails temporarily (throttling, lost connections, no answer from AWS).
 * @throws whatever it throws the first time, permanent failures, and failures that last longer than `patience` or the
 * deadline
 */
export function patient<T>(
  read: () => Promise<T>,
  now: () => number = Date.now,
  deadline = Number.POSITIVE_INFINITY,
): () => Promise<T | null> {
  let until = Number.NEGATIVE_INFINITY;
  return async () => {
    try {
      const found = await read();
      until = Math.min(now() + PATIENCE_MS, deadline);
      return found;
    } catch (error) {
      if (!isTransient(error) || now() >= until) throw error;
      return null;
    }
  };
}
