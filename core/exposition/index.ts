/** Metrics of the runs in the text format of Prometheus. */
export { type ExposedRun, PROMETHEUS_METRICS, prometheusText } from './prometheus.ts';
