/** Which capture record this is, however often and in whatever company it is delivered. */
import type { CaptureRecord } from './record.ts';

/**
 * Equal for two deliveries of one record. Ours, not Firehose's: a mirror that sends a record again, because the answer to its
 * first call was lost, gets a new Firehose record id for it. A client that chooses request ids can make two of its own
 * requests within one millisecond count as one; it gains nothing by it.
 */
export function identityOf({ ingress, requestId, at, primary }: CaptureRecord): string {
  return JSON.stringify([ingress, requestId, at, primary]);
}
