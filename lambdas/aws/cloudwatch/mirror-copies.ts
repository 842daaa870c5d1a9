/** What the mirror wanted to copy and what was lost of it: its own counters (mirror/recorder/counters.ts), by one GetMetricData call. */
import {
  type CloudWatchClient,
  type Dimension,
  GetMetricDataCommand,
  type MetricDataQuery,
} from '@aws-sdk/client-cloudwatch';
import type { IngressId, TimeRange } from '../../../core/model/index.ts';
import { MIRROR_LOSSES, UNSENT_COPIES } from '../../../core/status/index.ts';
import type { CopyCounts } from '../../../parity/tally/index.ts';
import { aws } from '../calls/index.ts';

/** An id of a query holds letters, digits and underscores (GetMetricData). */
const idOf = (reason: string) => reason.replaceAll('-', '_');

/** Whole hours, and minutes where that is less than three: one call returns 100,800 points at most. */
const periodFor = ({ from, to }: TimeRange) => (to - from <= 3 * 3_600_000 ? 60 : 3600);

export async function mirrorCopies(
  client: Pick<CloudWatchClient, 'send'>,
  ingress: IngressId,
  range: TimeRange,
): Promise<CopyCounts> {
  const period = periodFor(range);
  const floor = (ms: number) => new Date(Math.floor(ms / (period * 1000)) * period * 1000);
  const query = (Id: string, MetricName: string, reason?: string): MetricDataQuery => {
    const Dimensions: Dimension[] = [{ Name: 'Ingress', Value: ingress }];
    if (reason !== undefined) Dimensions.push({ Name: 'Reason', Value: reason });
    return {
      Id,
      MetricStat: { Metric: { Namespace: 'Crossfade', MetricName, Dimensions }, Period: period, Stat: 'Sum' },
    };
  };
  const { MetricDataResults = [] } = await aws('GetMetricData', () =>
    client.send(
      new GetMetricDataCommand({
        MetricDataQueries: [
          query('copies', 'MirrorCopies'),
          query('failed', 'ParityFailed'),
          ...MIRROR_LOSSES.map((reason) => query(idOf(reason), 'MirrorDropped', reason)),
        ],
        StartTime: floor(range.from),
        EndTime: new Date(floor(range.to).getTime() + period * 1000),
      }),
    ),
  );
  const sum = (id: string) =>
    (MetricDataResults.find((r) => r.Id === id)?.Values ?? []).reduce((total, value) => total + value, 0);
  return {
    wanted: sum('copies') + UNSENT_COPIES.reduce((total, reason) => total + sum(idOf(reason)), 0),
    lost: {
      ...Object.fromEntries(MIRROR_LOSSES.map((reason) => [reason, sum(idOf(reason))])),
      'not comparable': sum('failed'),
    },
  };
}
