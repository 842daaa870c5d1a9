/** Builds the minutes of a stage for the tests of the gate. */
import type { MinuteEvidence, SideCounts } from '../../../core/model/evidence.ts';

export const counts = (requests: number, rest: Partial<SideCounts> = {}): SideCounts => ({
  requests,
  target5xx: 0,
  connectionErrors: 0,
  slow: 0,
  ...rest,
});

export const minute = (
  i: number,
  stable: SideCounts | null,
  candidate: SideCounts | null,
  rest: Partial<MinuteEvidence> = {},
): MinuteEvidence => ({ minute: i * 60_000, stable, candidate, elb5xx: 0, ...rest });

export const minutes = (count: number, each: (i: number) => MinuteEvidence) =>
  Array.from({ length: count }, (_, i) => each(i));
