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

/** Seconds; 0: stale already (RFC 9111, 5.3: what is no date is in the past). */
function lifeOf(text: string, answers: Answers, side: 'stable' | 'candidate'): number {
  const date = Date.parse(firstValue(answers[side].headers, 'date') ?? '');
  const expires = /\d:\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(expires)) return 0;
  return Math.max(0, (expires - (Number.isNaN(date) ? Date.parse(answers.at) : date)) / 1000);
}
