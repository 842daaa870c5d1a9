/** Two answers to one request, and how their header fields are read. */
import type { CaptureRecord, ResponseLeg } from '../../capture/format/index.ts';

export interface Answers {
  readonly request: CaptureRecord['request'];
  /** When the request arrived, ISO-8601 UTC: what `Expires` is held against where an answer has no `Date`. */
  readonly at: string;
  /** Where each side was asked, if not at one host. */
  readonly hosts?: CaptureRecord['hosts'] | undefined;
  readonly stable: ResponseLeg;
  readonly candidate: ResponseLeg;
}
