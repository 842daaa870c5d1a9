/** GetMetricData as whole series: every page, or an error. A series that came in part must not pass for minutes without errors. */
import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch';
import { CrossfadeError, type TimeRange } from '../../../core/model/index.ts';
import { aws } from '../calls/index.ts';

/** Values by start of their period (milliseconds since the epoch), by query id. */
export type MetricSeries = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** Four sides' series of seven days of minutes fill four; more is an answer that never ends. */
const MAX_PAGES = 10;

/**
 * That ALB's latency has trimmed counts is inferred from its percentiles: when they are refused, ask without them.
 * @throws CrossfadeError `Crossfade.Transient` for an answer that is not whole
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

/** Trimmed counts that are absent while percentiles of the same metric are there are not zeros: they are not to be had. */
export function isCounted(series: MetricSeries, slow: string, percentile: string): boolean {
  return (series.get(slow)?.size ?? 0) > 0 || (series.get(percentile)?.size ?? 0) === 0;
}

/** @throws CrossfadeError `Crossfade.Transient` for an answer that is not whole */
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
    // What is no count says nothing: the point is as good as absent.
    if (value !== undefined && Number.isFinite(value) && value >= 0) points.set(at.getTime(), value);
  });
  series.set(result.Id ?? '', points);
}
