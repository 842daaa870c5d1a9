/** Where metrics of the user's own are read. */
export { planHooks } from './hooks.ts';
export { planMetrics } from './plan-metrics.ts';
export { providerCallers, providerSources } from './sources.ts';
