/** Two answers to one request, and access to their header fields. */
import type { CaptureRecord, ResponseLeg } from '../../capture/format/index.ts';

export interface Answers {
  readonly request: CaptureRecord['request'];
  /** The side that answers clients, so that validators in the request are its own. */
  readonly primary: CaptureRecord['primary'];
  /** When the request arrived, ISO-8601 UTC. `Expires` is measured from it if an answer has no `Date`. */
  readonly at: string;
  /** The host of each side, if they differ. */
  readonly hosts?: CaptureRecord['hosts'] | undefined;
  readonly stable: ResponseLeg;
  readonly candidate: ResponseLeg;
}
