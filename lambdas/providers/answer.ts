/**
 * The contract of an HTTP provider or a function: the request, and the permitted answer
 * (docs/reference/metric-providers.md).
 */

import * as z from 'zod';
import { SourceError } from '../../core/metrics/index.ts';
import { type IngressId, type TimeRange, toIso } from '../../core/model/index.ts';
import { describeProblems, wordIssue } from '../../input/index.ts';
import { type Asked, POINT_MS, type Points } from './source.ts';

/** Characters of a source's own words that messages quote. */
export const LONGEST_QUOTED = 200;

/** Somewhat more than seven days of minutes. */
const MOST_POINTS = 11_000;

const answerSchema = z.strictObject({
  v: z.literal(1),
  /** The start of a minute in milliseconds since the epoch, and its value; a minute without data is left out. */
  points: z.array(z.tuple([z.int(), z.number().nonnegative()])).max(MOST_POINTS),
});

export function requestOf(ingress: IngressId, query: string, { from, to }: TimeRange, asked: Asked) {
  return { v: 1, ingress, ...asked, query, from: toIso(from), to: toIso(to), stepSeconds: 60 };
}

/** @throws {@link SourceError} that describes the error in the answer */
export function pointsOf(answer: unknown, range: TimeRange): Points {
  const parsed = answerSchema.safeParse(answer, { error: wordIssue });
  if (!parsed.success) throw new SourceError(`its answer is wrong: ${describeProblems(parsed.error, 'answer')}`);
  return checkedPoints(parsed.data.points, range);
}

/** Complete minutes of the range, each once. @throws {@link SourceError} */
export function checkedPoints(points: readonly (readonly [number, number])[], { from, to }: TimeRange): Points {
  const checked = new Map<number, number>();
  for (const [at, value] of points) {
    if (at % POINT_MS !== 0) throw new SourceError(`its answer has a point at ${at}, which begins no minute`);
    if (at < from || at >= to) throw new SourceError('its answer has minutes that were not requested');
    if (checked.has(at)) throw new SourceError('its answer has a minute twice');
    checked.set(at, value);
  }
  return checked;
}
