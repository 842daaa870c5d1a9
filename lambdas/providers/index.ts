/** The sources of the plan's own metrics: CloudWatch, Prometheus, Datadog, HTTP, or a function. */
export { planHooks } from './hooks.ts';
export { planMetrics } from './plan-metrics.ts';
export { providerCallers, providerSources } from './sources.ts';
