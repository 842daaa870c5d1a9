/**
 * Prometheus' range queries: https://prometheus.io/docs/prometheus/latest/querying/api/#range-queries. A query such as
 * `sum(increase(orders_total{side="{{side}}"}[1m]))` is evaluated at the end of each minute, so that it covers that
 * minute.
 */

import * as z from 'zod';
import { SourceError } from '../../core/metrics/index.ts';
import { shortened } from '../../input/index.ts';
import { checkedPoints, LONGEST_QUOTED } from './answer.ts';
import { fetchJson } from './bounded-fetch.ts';
import type { HttpProvider } from './callers.ts';
import type { Credentials } from './secrets.ts';
import { POINT_MS, type PointSource } from './source.ts';

const answerSchema = z.discriminatedUnion('status', [
  z.object({
    status: z.literal('success'),
    warnings: z.array(z.string()).default([]),
    data: z.object({
      resultType: z.literal('matrix'),
      result: z.array(z.object({ values: z.array(z.tuple([z.number(), z.string()])) })),
    }),
  }),
  z.object({ status: z.literal('error'), error: z.string() }),
]);

/** Invalid parameters, and a query that cannot be executed; the JSON describes the error. */
const TELLING = [400, 422];

export function prometheusSource({ url, timeoutSeconds }: HttpProvider, credentials: Credentials): PointSource {
  return async (query, range) => {
    const asked = new URL('api/v1/query_range', url.endsWith('/') ? url : `${url}/`);
    asked.searchParams.set('query', query);
    asked.searchParams.set('start', String((range.from + POINT_MS) / 1000));
    asked.searchParams.set('end', String(range.to / 1000));
    asked.searchParams.set('step', '60');
    const { headers } = await credentials();
    const answer = answerSchema.safeParse(
      await fetchJson(asked, { method: 'GET', headers, timeoutMs: timeoutSeconds * 1000, telling: TELLING }),
    );
    if (!answer.success) throw new SourceError('it did not answer as Prometheus does');
    if (answer.data.status === 'error')
      throw new SourceError(`it says: ${shortened(answer.data.error, LONGEST_QUOTED)}`);
    const { data, warnings } = answer.data;
    // A store that has lost a shard answers with the rest, and a warning.
    if (warnings[0] !== undefined)
      throw new SourceError(`its answer may be in part: ${shortened(warnings[0], LONGEST_QUOTED)}`);
    if (data.result.length > 1)
      throw new SourceError(`its query gives ${data.result.length} series; sum() or another aggregation makes one`);
    const points = (data.result[0]?.values ?? []).flatMap(([at, text]) => pointOf(at, text));
    return checkedPoints(points, range);
  };
}

/** NaN is PromQL's result for a quotient without data, so it is not a point. */
function pointOf(at: number, text: string): [number, number][] {
  const value = Number(text);
  if (text === 'NaN') return [];
  if (!Number.isFinite(value) || value < 0) throw new SourceError(`its answer has the value ${shortened(text, 20)}`);
  return [[at * 1000 - POINT_MS, value]];
}
