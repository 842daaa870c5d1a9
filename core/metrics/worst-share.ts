/**
 * What the share of a count reaches on stable. Minutes are compared with minutes, as for errors
 * (docs/adr/0049-minutes-against-minutes.md).
 */
import { reachOf } from '../gate/bets/index.ts';
import type { CountMetric, MetricPoint } from '../model/index.ts';
import { badOf, badShare } from './bad-share.ts';

/**
 * A share of the numerator that about one minute in 10,000 exceeds. Ordinary minutes would exceed the mean of an hour.
 * @param minutes in chronological order; not all of their denominators are zero
 */
export function worstShareOf(metric: CountMetric, minutes: readonly MetricPoint[]): number {
  return badShare(metric, reachOf(minutes.map((minute) => ({ n: minute.n, x: badOf(metric, minute) }))));
}
