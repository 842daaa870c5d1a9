/** Statistics of Envoy's that somebody reads; no others are kept (regular expressions of whole names). */
import { twiceCluster } from './clusters.ts';
import { SHARED } from './settings.ts';

/** Clusters that routes name: Envoy counts a retry where the route led, not where the request went. */
export const RETRYING: readonly string[] = ['stable', 'candidate', twiceCluster('stable'), twiceCluster('candidate')];

/** What the recorder reads, and tells as metrics. */
export const TOLD_STATS: readonly string[] = [
  `${SHARED.stats}\\..*`,
  `cluster\\.${SHARED.recorder}\\.upstream_rq_(2xx|4xx|timeout|pending_overflow|active|pending_active)`,
  `cluster\\.(${RETRYING.join('|')})\\.upstream_rq_retry`,
];

export const KEPT_STATS: readonly string[] = [
  ...TOLD_STATS,
  // Process 1 waits for these to be none, when it drains (pid-one.ts).
  'http\\.(forward|reverse)\\.downstream_rq_active',
  // Readiness is computed from them, by Envoy's own health check filter.
  'cluster\\..*_checked\\.membership_.*',
  // For people who look why exchanges are missing.
  '.*\\.lua\\.errors',
];
