/** Where metrics of the user's own are read. */
export { planMetrics } from './plan-metrics.ts';
export { providerSources } from './sources.ts';
