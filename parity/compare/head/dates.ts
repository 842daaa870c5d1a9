/** Dates that are computed from the moment of the answer: both may say the same life. */
import { firstValue } from '../../../http/index.ts';
import type { Answers } from '../../model/index.ts';

/** Two clocks and two answers, seconds. */
const TOLERANCE_S = 5;

/** Whether both dates are as long after their answers' own `Date`, or both in the past, which is all that `0` and the like say. */
export function sameMoment(stable: string | null, candidate: string | null, answers: Answers): boolean {
  if (stable === null || candidate === null) return false;
  const [a, b] = [lifeOf(stable, answers, 'stable'), lifeOf(candidate, answers, 'candidate')];
  return Math.abs(a - b) <= TOLERANCE_S;
}

/**
 * Whether both are dates, or seconds where the field may give either, that are as long before or after their answers' own `Date`,
 * and the moment of the answer is all that makes them differ.
 */
export function movesWithDate(
  name: string,
  stable: string | null,
  candidate: string | null,
  answers: Answers,
): boolean {
  if (stable === null || candidate === null || stable === candidate) return false;
  const [a, b] = [distanceOf(name, stable, answers, 'stable'), distanceOf(name, candidate, answers, 'candidate')];
  return a !== null && b !== null && Math.abs(a - b) <= TICK_S;
}

/** A clock that ticks between the date and the field. */
const TICK_S = 1;

/** IMF-fixdate, which every sender must write (RFC 9110, 5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** Seconds from the answer's `Date` on; null: that cannot be said. */
function distanceOf(name: string, text: string, answers: Answers, side: 'stable' | 'candidate'): number | null {
  if (name === 'retry-after' && /^\d+$/.test(text)) return Number(text);
  const date = firstValue(answers[side].headers, 'date');
  return date !== null && HTTP_DATE.test(text) && HTTP_DATE.test(date)
    ? (Date.parse(text) - Date.parse(date)) / 1000
    : null;
}

/** Seconds; 0: stale already (RFC 9111, 5.3: what is no date is in the past). */
function lifeOf(text: string, answers: Answers, side: 'stable' | 'candidate'): number {
  const date = Date.parse(firstValue(answers[side].headers, 'date') ?? '');
  const expires = /\d:\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(expires)) return 0;
  return Math.max(0, (expires - (Number.isNaN(date) ? Date.parse(answers.at) : date)) / 1000);
}
