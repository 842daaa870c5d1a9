/** Alarms and metrics from CloudWatch. */
export { cloudWatchAlarms } from './alarms.ts';
export { fetchSeries } from './metric-series.ts';
export { cloudWatchMetrics } from './metrics.ts';
export { mirrorCopies } from './mirror-copies.ts';
export { sideTraffic } from './side-traffic.ts';
