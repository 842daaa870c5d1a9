/**
 * What Envoy counted, as the mirror's metrics. Envoy counts from its start, and outlives the recorder: how far metrics have been told
 * stands in Envoy's own runtime, so that a recorder that was restarted tells neither twice nor less.
 */
import * as z from 'zod';
import { SHARED, twiceCluster } from '../envoy/index.ts';
import type { Counters, DropReason } from '../recorder/index.ts';

/** Envoy's admin: reads a path by GET, changes by POST. */
export interface EnvoyAdmin {
  get(path: string): Promise<string>;
  post(path: string): Promise<string>;
}

/** Counts since Envoy's start. */
export interface EnvoyCounts {
  /** Requests that ended, by what became of them; of those that Envoy could not read the name is none. */
  readonly fates: Readonly<Record<string, number>>;
  /** Requests that the primary did not answer, by Envoy's flags. */
  readonly primaryFailed: Readonly<Record<string, number>>;
  readonly retries: number;
  /** Exchanges that the recorder took, that it could not read, that were one too many, that took too long, and that are on their way now. */
  readonly taken: number;
  readonly unread: number;
  readonly overflow: number;
  readonly timeout: number;
  readonly underWay: number;
}

const statsSchema = z.object({
  stats: z.array(z.looseObject({ name: z.string().optional(), value: z.number().optional() })),
});
const runtimeSchema = z.looseObject({
  entries: z.record(z.string(), z.looseObject({ final_value: z.string() })).default({}),
});

/** A request's fate is its route's name, unless the script has said what became of what it recorded. */
const FAILED = `${SHARED.stats}.primary_failed.flag.`;
const FATE = new RegExp(`^${SHARED.stats}\\.ended\\.route\\.(.*)\\.fate\\.(.*)$`);
/** Clusters that routes name: Envoy counts a retry where the route led, not where the request went. */
const RETRYING = ['stable', 'candidate', twiceCluster('stable'), twiceCluster('candidate')];
const STATS = `/stats?format=json&filter=${encodeURIComponent(
  `^(${SHARED.stats}\\.|cluster\\.(recorder|${RETRYING.join('|')})\\.upstream_rq_(2xx|4xx|timeout|pending_overflow|active|pending_active|retry)$)`,
)}`;
/** What Envoy writes where there is nothing to write. */
const NONE = /^-?$/;
const TOLD = 'crossfade.told.';

/** @throws Error when Envoy answers something else than its statistics */
export function countsOf(text: string): EnvoyCounts {
  const values = new Map(
    statsSchema.parse(JSON.parse(text)).stats.map(({ name = '', value = 0 }) => [name, value] as const),
  );
  const of = (name: string) => values.get(name) ?? 0;
  const fates: Record<string, number> = {};
  const primaryFailed: Record<string, number> = {};
  for (const [name, value] of values) {
    if (name.startsWith(FAILED)) primaryFailed[name.slice(FAILED.length)] = value;
    const [, route, said] = FATE.exec(name) ?? [];
    if (route === undefined || said === undefined) continue;
    const fate = NONE.test(said) ? route : said;
    fates[fate] = (fates[fate] ?? 0) + value;
  }
  return {
    fates,
    primaryFailed,
    retries: RETRYING.reduce((sum, cluster) => sum + of(`cluster.${cluster}.upstream_rq_retry`), 0),
    taken: of('cluster.recorder.upstream_rq_2xx'),
    unread: of('cluster.recorder.upstream_rq_4xx'),
    overflow: of('cluster.recorder.upstream_rq_pending_overflow'),
    timeout: of('cluster.recorder.upstream_rq_timeout'),
    underWay: of('cluster.recorder.upstream_rq_active') + of('cluster.recorder.upstream_rq_pending_active'),
  };
}

/** Drops and totals that these counts come to: requests = all drops + exchanges that were taken + those on their way. */
export function totalsOf(counts: EnvoyCounts): Totals {
  const { fates, retries, taken, unread, overflow, timeout, underWay } = counts;
  const known = (fate: string) => fates[fate] ?? 0;
  const requests = Object.values(fates).reduce((sum, count) => sum + count, 0);
  const named = ['method', 'sample', 'upgrade', 'oversize', 'error', 'copy', 'sent'].reduce((n, f) => n + known(f), 0);
  return {
    requests,
    primaryRetries: retries,
    method: known('method'),
    sample: known('sample'),
    upgrade: known('upgrade'),
    oversize: known('oversize'),
    error: known('error') + unread,
    // Chosen, and never complete: the client left.
    aborted: known('copy'),
    // By a route of its own, or by Envoy, which could not read it.
    refused: requests - named,
    'recorder-busy': overflow,
    'recorder-slow': timeout,
    // A refusal, a reset, a connection that nobody took: what is left, so that the counts add up.
    'recorder-down': Math.max(0, known('sent') - taken - unread - overflow - timeout - underWay),
  };
}

type Total = 'requests' | 'primaryRetries';
type Totals = Readonly<Record<Total, number>> & Readonly<Partial<Record<DropReason, number>>>;

/** Adds to `counters` what Envoy has counted since this was last told. @throws Error when Envoy does not answer */
export async function tellCounts(admin: EnvoyAdmin, counters: Counters): Promise<void> {
  const [stats, runtime] = await Promise.all([admin.get(STATS), admin.get('/runtime')]);
  const told = runtimeSchema.parse(JSON.parse(runtime)).entries;
  const changes: string[] = [];
  const sinceTold = (name: string, total: number): number => {
    const before = Number(told[TOLD + name]?.final_value ?? 0);
    if (total > before) changes.push(`${TOLD}${name}=${total}`);
    return Math.max(0, total - before);
  };
  const counts = countsOf(stats);
  for (const [name, total] of Object.entries(totalsOf(counts))) {
    const count = sinceTold(name, total);
    if (count === 0) continue;
    if (name === 'requests' || name === 'primaryRetries') counters[name] += count;
    else counters.drop(reasonSchema.parse(name), count);
  }
  for (const [flag, total] of Object.entries(counts.primaryFailed)) {
    const count = sinceTold(`flag.${flag}`, total);
    if (count > 0) counters.primaryFailed(flag, count);
  }
  if (changes.length > 0) await admin.post(`/runtime_modify?${changes.join('&')}`);
}

const reasonSchema = z.enum([
  'method',
  'sample',
  'upgrade',
  'oversize',
  'error',
  'aborted',
  'refused',
  'recorder-busy',
  'recorder-slow',
  'recorder-down',
]);
