/** Which errors are worth a retry: one rule for every adapter. */
import { CrossfadeError } from '../../../core/model/index.ts';
import { codeOf } from '../../../input/index.ts';

/** By whatever service: of EC2 below Lambda, of KMS below a topic, a table or a machine. */
const THROTTLED = /thrott/i;
const TRANSIENT_NAMES = new Set([
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
  'RequestLimitExceeded',
  'RequestTimeout',
  'RequestTimeoutException',
  'SlowDown',
  'ProvisionedThroughputExceededException',
  'TooManyRequestsException',
  'TransactionInProgressException',
  // Application Auto Scaling, while another change of the same target is in progress.
  'ConcurrentUpdateException',
  'ServiceUnavailable',
  'InternalServerError',
  'InternalFailure',
  'TimeoutError',
  'AbortError',
]);

const LOST_CONNECTION = /^(ECONN|EPIPE|ETIMEDOUT|EAI_AGAIN|ENOTFOUND|EHOSTUNREACH|ENETUNREACH)/;

const TOO_MANY_REQUESTS = 429;

/**
 * Runs an SDK call. Throttling, timeouts, lost connections and 5xx that outlast the SDK's own retries become
 * `Crossfade.Transient`, which the state machine retries. Any other error is passed on unchanged.
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
  if (TRANSIENT_NAMES.has(error.name) || THROTTLED.test(error.name)) return true;
  if (LOST_CONNECTION.test(codeOf(error) ?? '')) return true;
  // The SDK could not parse the answer: it was cut off, or it is a proxy's.
  if (error instanceof SyntaxError) return true;
  const metadata = '$metadata' in error ? error.$metadata : undefined;
  const status =
    typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata
      ? metadata.httpStatusCode
      : undefined;
  return typeof status === 'number' && (status >= 500 || status === TOO_MANY_REQUESTS);
}
