/** The Envoy statistics that somebody reads, as regular expressions of whole names. All others are discarded. */
import { twiceCluster } from './clusters.ts';
import { SHARED } from './settings.ts';

/**
 * Clusters that routes refer to: Envoy counts a retry in the cluster of the route, not in the one that received the
 * request.
 */
export const RETRYING: readonly string[] = ['stable', 'candidate', twiceCluster('stable'), twiceCluster('candidate')];

/** Statistics that the recorder reads and publishes as metrics. */
export const TOLD_STATS: readonly string[] = [
  `${SHARED.stats}\\..*`,
  `cluster\\.(${Object.values(SHARED.recorder).join('|')})\\.upstream_rq_(2xx|4xx|timeout|pending_overflow|active|pending_active)`,
  `cluster\\.(${RETRYING.join('|')})\\.upstream_rq_retry`,
];

export const KEPT_STATS: readonly string[] = [
  ...TOLD_STATS,
  // Process 1 waits until these are zero when it drains (pid-one.ts).
  'http\\.(forward|reverse)\\.downstream_rq_active',
  // Envoy's health check filter computes readiness from them.
  'cluster\\..*_checked\\.membership_.*',
  // For people who investigate missing exchanges.
  '.*\\.lua\\.errors',
];
