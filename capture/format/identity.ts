/** Identifies a capture record, however often it is delivered and in whichever batch. */
import type { CaptureRecord } from './record.ts';

/**
 * Equal for two deliveries of the same record. It does not use Firehose's record id: if the answer to a first call is
 * lost, the mirror sends the record again, and Firehose gives it a new id. A client that chooses its own request ids
 * can make two of its requests within one millisecond count as one, but gains nothing by it.
 */
export function identityOf({ ingress, requestId, at, primary }: CaptureRecord): string {
  return JSON.stringify([ingress, requestId, at, primary]);
}
