/** Two answers to one request, and how their header fields are read. */
import type { CaptureRecord, ResponseLeg } from '../../capture/format/index.ts';

export interface Answers {
  readonly request: CaptureRecord['request'];
  /** When the request arrived, ISO-8601 UTC: what `Expires` is held against where an answer has no `Date`. */
  readonly at: string;
  readonly stable: ResponseLeg;
  readonly candidate: ResponseLeg;
}
