/** Which errors are worth a retry: one rule for every adapter. */
import { CrossfadeError } from '../../../core/model/index.ts';
import { codeOf } from '../../../input/index.ts';

const TRANSIENT_NAMES = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestLimitExceeded',
  'ProvisionedThroughputExceededException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  // Application Auto Scaling, while another change of the same target is under way.
  'ConcurrentUpdateException',
  'ServiceUnavailable',
  'InternalServerError',
  'InternalFailure',
  'TimeoutError',
  'AbortError',
]);

const LOST_CONNECTION = /^(ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)/;

/**
 * Runs an SDK call. Throttles, time-outs, lost connections and 5xx that outlived the SDK's own retries come out as
 * `Crossfade.Transient`, which the state machine retries; anything else comes out as it is.
 */
export async function aws<T>(what: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!isTransient(error)) throw error;
    throw new CrossfadeError('Crossfade.Transient', `${what} failed.`, {
      traffic: 'unknown until the weights are read again; the task is retried, and rolled back if the retries fail.',
      nextStep: 'nothing, unless the error repeats: then check the quotas and the health of that AWS service.',
      cause: error,
    });
  }
}

function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (TRANSIENT_NAMES.has(error.name)) return true;
  if (LOST_CONNECTION.test(codeOf(error) ?? '')) return true;
  // The SDK could not parse the answer: it was cut off, or it is a proxy's.
  if (error instanceof SyntaxError) return true;
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return typeof status === 'number' && status >= 500;
}
