/**
 * Datadog's timeseries queries: https://docs.datadoghq.com/api/latest/metrics/#query-timeseries-points. For longer
 * ranges Datadog chooses coarser intervals by itself, so a query must end in `.rollup(sum, 60)` or another roll-up over
 * 60 s.
 */

import * as z from 'zod';
import { SourceError } from '../../core/metrics/index.ts';
import { shortened } from '../../input/index.ts';
import { checkedPoints, LONGEST_QUOTED } from './answer.ts';
import { fetchJson } from './bounded-fetch.ts';
import type { HttpProvider } from './callers.ts';
import type { Credentials } from './secrets.ts';
import type { PointSource } from './source.ts';

const answerSchema = z.object({
  status: z.string(),
  error: z.string().optional(),
  series: z
    .array(z.object({ interval: z.number(), pointlist: z.array(z.tuple([z.number(), z.number().nullable()])) }))
    .default([]),
});

export function datadogSource({ url, timeoutSeconds }: HttpProvider, credentials: Credentials): PointSource {
  return async (query, range) => {
    const asked = new URL('api/v1/query', url.endsWith('/') ? url : `${url}/`);
    asked.searchParams.set('query', query);
    asked.searchParams.set('from', String(range.from / 1000));
    // Both ends are inclusive.
    asked.searchParams.set('to', String(range.to / 1000 - 1));
    const { headers } = await credentials();
    const parsed = answerSchema.safeParse(
      await fetchJson(asked, { method: 'GET', headers, timeoutMs: timeoutSeconds * 1000 }),
    );
    if (!parsed.success) throw new SourceError('it did not answer as Datadog does');
    const { status, error, series } = parsed.data;
    if (status !== 'ok' || (error ?? '') !== '')
      throw new SourceError(`it says: ${shortened(error ?? status, LONGEST_QUOTED)}`);
    if (series.length > 1)
      throw new SourceError(`its query gives ${series.length} series; leave out "by {…}" to get one`);
    const [found] = series;
    if (found === undefined) return new Map();
    if (found.interval !== 60)
      throw new SourceError(`it answers in steps of ${found.interval} s; end the query in .rollup(sum, 60)`);
    const points = found.pointlist.flatMap(([at, value]): [number, number][] => (value === null ? [] : [[at, value]]));
    if (points.some(([, value]) => value < 0)) throw new SourceError('its answer has a value below zero');
    return checkedPoints(points, range);
  };
}
