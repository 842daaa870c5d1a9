/** A reading that is repeated for days: a network that is away for a while does not end it. */
import { isTransient } from '../../core/model/index.ts';

/** How long a reading may fail that has succeeded before. Milliseconds. */
export const PATIENCE_MS = 5 * 60_000;

/**
 * The same reading, null while it fails by what may pass: throttles, lost connections, an AWS that does not answer. @throws what it throws the first time,
 * what will not pass, and what has not passed by `patience` or the deadline
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
