/**
 * GetMetricData as complete series: every page, or an error. An incomplete series must not be mistaken for minutes
 * without errors.
 */
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { CrossfadeError, type TimeRange } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';

/** Values by the start of their period (milliseconds since the epoch), by query id. */
export type MetricSeries = ReadonlyMap<string, ReadonlyMap<number, number>>;

/**
 * Series of four target groups over seven days of minutes fill four pages; more indicates an answer that never ends.
 */
const MAX_PAGES = 10;

/**
 * ALB's latency metric supports percentiles, from which it is inferred that it supports trimmed counts. If these are
 * rejected, the query is repeated without them.
 * @throws CrossfadeError `Crossfade.Transient` for an incomplete answer
 */
export async function fetchCounted(
  client: Pick<CloudWatchClient, 'send'>,
  queries: MetricDataQuery[],
  range: TimeRange,
): Promise<MetricSeries> {
  try {
    return await fetchSeries(client, queries, range);
  } catch (error) {
    if (!(error instanceof Error) || !/Validation|InvalidParameter/.test(error.name)) throw error;
    return fetchSeries(
      client,
      queries.filter((q) => !q.MetricStat?.Stat?.startsWith('TC(')),
      range,
    );
  }
}

export function sum(points: ReadonlyMap<number, number> | undefined): number {
  return [...(points?.values() ?? [])].reduce((a, b) => a + b, 0);
}

/** If trimmed counts are absent while percentiles of the same metric are present, they are unsupported, not zero. */
export function isCounted(series: MetricSeries, slow: string, percentile: string): boolean {
  return (series.get(slow)?.size ?? 0) > 0 || (series.get(percentile)?.size ?? 0) === 0;
}

/** @throws CrossfadeError `Crossfade.Transient` for an incomplete answer */
export async function fetchSeries(
  client: Pick<CloudWatchClient, 'send'>,
  MetricDataQueries: MetricDataQuery[],
  { from, to }: TimeRange,
): Promise<MetricSeries> {
  const series = new Map<string, Map<number, number>>();
  const statuses = new Map<string, MetricDataResult['StatusCode']>();
  let NextToken: string | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const answer = await aws('GetMetricData', () =>
      client.send(
        new GetMetricDataCommand({
          MetricDataQueries,
          StartTime: new Date(from),
          EndTime: new Date(to),
          ScanBy: 'TimestampAscending',
          ...(NextToken === undefined ? {} : { NextToken }),
        }),
      ),
    );
    for (const result of answer.MetricDataResults ?? []) {
      collect(series, result);
      statuses.set(result.Id ?? '', result.StatusCode);
    }
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  // https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDataResult.html
  const torn = [...statuses].filter(([, status]) => status !== undefined && status !== 'Complete');
  if (NextToken !== undefined || torn.length > 0) throw incomplete(torn.map(([id, status]) => `${id}: ${status}`));
  return series;
}

function incomplete(torn: readonly string[]): CrossfadeError {
  const why = torn.length === 0 ? `more than ${MAX_PAGES} pages` : torn.join(', ');
  return new CrossfadeError('Crossfade.Transient', `GetMetricData returned incomplete data (${why}).`, {
    traffic: 'unchanged; the evaluation is retried, and rolled back if the retries fail.',
    nextStep:
      'nothing, unless the error repeats: then check the health of CloudWatch, and permissions if it says Forbidden.',
  });
}

function collect(series: Map<string, Map<number, number>>, result: MetricDataResult): void {
  const points = series.get(result.Id ?? '') ?? new Map<number, number>();
  result.Timestamps?.forEach((at, i) => {
    const value = result.Values?.[i];
    // An invalid count counts as an absent point.
    if (value !== undefined && Number.isFinite(value) && value >= 0) points.set(at.getTime(), value);
  });
  series.set(result.Id ?? '', points);
}
