/**
 * Metrics as Embedded Metric Format: a JSON line on stdout that CloudWatch Logs turns into metrics, without a call.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { IngressId } from '../../core/model/index.ts';

/** `properties` stand in the log line beside the metrics, for Logs Insights; they make no metric. */
export type Emit = (values: Readonly<Record<string, number>>, properties?: Readonly<Record<string, string>>) => void;

const NAMESPACE = 'Crossfade';

/** Writes metrics with the dimension `Ingress`. `write` gets one line without its newline; `now` is milliseconds. */
export function emfEmitter(ingress: IngressId, now: () => number, write: (line: string) => void): Emit {
  return (values, properties = {}) => {
    const metrics = Object.keys(values).map((name) => ({ Name: name }));
    write(
      JSON.stringify({
        _aws: {
          Timestamp: now(),
          CloudWatchMetrics: [{ Namespace: NAMESPACE, Dimensions: [['Ingress']], Metrics: metrics }],
        },
        ...properties,
        Ingress: ingress,
        ...values,
      }),
    );
  };
}
