/** What a count's share reaches on the stable side: minutes are held against minutes, as errors are (docs/adr/0049-minutes-against-minutes.md). */
import { reachOf } from '../gate/bets/index.ts';
import type { CountMetric, MetricPoint } from '../model/index.ts';
import { badOf, badShare } from './bad-share.ts';

/**
 * Share of the numerator that about one minute in 10,000 is worse than; an hour's mean would be passed by ordinary minutes.
 * @param minutes in the order of time; their denominators are not all zero
 */
export function worstShareOf(metric: CountMetric, minutes: readonly MetricPoint[]): number {
  return badShare(metric, reachOf(minutes.map((minute) => ({ n: minute.n, x: badOf(metric, minute) }))));
}
