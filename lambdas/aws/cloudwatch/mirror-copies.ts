/**
 * How many copies the mirror wanted and lost, from its own counters (mirror/recorder/counters.ts); complete, or an
 * error.
 */
import type { CloudWatchClient, Dimension, MetricDataQuery } from '@aws-sdk/client-cloudwatch';
import type { IngressId, TimeRange } from '../../../core/model/index.ts';
import { MIRROR_LOSSES, UNSENT_COPIES } from '../../../core/status/index.ts';
import type { CopyCounts } from '../../../parity/tally/index.ts';
import { fetchSeries, sum } from './metric-series.ts';

/** The id of a query may contain letters, digits and underscores (GetMetricData). */
const idOf = (reason: string) => reason.replaceAll('-', '_');

const DAY_MS = 86_400_000;

/**
 * As fine as CloudWatch stores them (300 s for 63 days) in few pages. Losses of an earlier run in the period in which
 * this one began are not its own.
 */
const periodFor = ({ from, to }: TimeRange) => (to - from <= DAY_MS ? 60 : to - from <= 63 * DAY_MS ? 300 : 3600);

/**
 * @throws CrossfadeError `Crossfade.Transient` for an incomplete answer, because unknown losses must not count as none
 */
export async function mirrorCopies(
  client: Pick<CloudWatchClient, 'send'>,
  ingress: IngressId,
  range: TimeRange,
): Promise<CopyCounts> {
  const period = periodFor(range);
  const floor = (ms: number) => Math.floor(ms / (period * 1000)) * period * 1000;
  const query = (Id: string, MetricName: string, reason?: string): MetricDataQuery => {
    const Dimensions: Dimension[] = [{ Name: 'Ingress', Value: ingress }];
    if (reason !== undefined) Dimensions.push({ Name: 'Reason', Value: reason });
    return {
      Id,
      MetricStat: { Metric: { Namespace: 'Crossfade', MetricName, Dimensions }, Period: period, Stat: 'Sum' },
    };
  };
  const series = await fetchSeries(
    client,
    [
      query('copies', 'MirrorCopies'),
      query('failed', 'ParityFailed'),
      ...MIRROR_LOSSES.map((reason) => query(idOf(reason), 'MirrorDropped', reason)),
    ],
    { from: floor(range.from), to: floor(range.to) + period * 1000 },
  );
  const total = (id: string) => sum(series.get(id));
  return {
    wanted: total('copies') + UNSENT_COPIES.reduce((sent, reason) => sent + total(idOf(reason)), 0),
    lost: {
      ...Object.fromEntries(MIRROR_LOSSES.map((reason) => [reason, total(idOf(reason))])),
      'not comparable': total('failed'),
    },
  };
}
