/** Dates that are computed from the time of the answer. Different dates may mean the same lifetime. */
import { firstValue, httpDate } from '../../../http/index.ts';
import type { Side } from '../../../sides/index.ts';
import type { Answers } from '../../model/index.ts';

/** Tolerance for two clocks and two answers, in seconds. */
const TOLERANCE_S = 5;

/**
 * Whether both dates are equally long after their answers' own `Date`, or both in the past, which is all that values
 * such as `0` mean.
 */
export function sameMoment(stable: string | null, candidate: string | null, answers: Answers): boolean {
  if (stable === null || candidate === null) return false;
  const [a, b] = [lifeOf(stable, answers, 'stable'), lifeOf(candidate, answers, 'candidate')];
  return Math.abs(a - b) <= TOLERANCE_S;
}

/**
 * Whether both values are dates (or seconds, if the field allows either) that are equally long before or after their
 * answers' own `Date`, so that only the time of the answer makes them differ.
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

/** Tolerance for a clock that ticks between the two fields, in seconds. */
const TICK_S = 1;

/** IMF-fixdate, which every sender must use (RFC 9110, 5.6.7). */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/** Seconds after the answer's `Date`; null if that cannot be determined. */
function distanceOf(name: string, text: string, answers: Answers, side: Side): number | null {
  if (name === 'retry-after' && /^\d+$/.test(text)) return Number(text);
  const date = firstValue(answers[side].headers, 'date');
  return date !== null && HTTP_DATE.test(text) && HTTP_DATE.test(date)
    ? (Date.parse(text) - Date.parse(date)) / 1000
    : null;
}

/** Lifetime in seconds; 0 if the answer is already stale (RFC 9111, 5.3: an invalid date counts as past). */
function lifeOf(text: string, answers: Answers, side: Side): number {
  const date = Date.parse(firstValue(answers[side].headers, 'date') ?? '');
  const expires = httpDate(text);
  if (expires === null) return 0;
  return Math.max(0, (expires - (Number.isNaN(date) ? Date.parse(answers.at) : date)) / 1000);
}
