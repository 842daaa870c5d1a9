/** Where metrics of the user’s own are read: CloudWatch, Prometheus, Datadog, HTTP, a function. */
export { planHooks } from './hooks.ts';
export { planMetrics } from './plan-metrics.ts';
export { providerCallers, providerSources } from './sources.ts';
