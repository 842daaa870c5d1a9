/** Failures of calls that must not keep the rest of a rollback from being done. */
import { CrossfadeError } from '../model/index.ts';

/** The service did not answer, or not yet. */
export function isTransient(error: unknown): boolean {
  return error instanceof CrossfadeError && error.name === 'Crossfade.Transient';
}

/** What a call rejected with; undefined when it succeeded. */
export async function rejectionOf(call: () => Promise<void>): Promise<unknown> {
  try {
    await call();
    return undefined;
  } catch (error) {
    return error ?? new Error('unknown failure');
  }
}
