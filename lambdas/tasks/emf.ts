/**
 * Metrics in Embedded Metric Format: a JSON line on stdout that CloudWatch Logs converts to metrics without an API
 * call.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
import type { IngressId } from '../../core/model/index.ts';

/** `properties` are added to the log line for Logs Insights; they create no metrics. */
export type Emit = (
  values: Readonly<Partial<Record<HandlerMetric, number>>>,
  properties?: Readonly<Record<string, string>>,
) => void;

/** Metrics of the handlers, namespace `Crossfade`, dimension `Ingress`; docs/reference/alarms.md prints this table. */
export const HANDLER_METRICS = {
  CutoverRunning: '1 while a run owns the ingress, 0 otherwise; every minute',
  CandidatePercent: 'percent of the requests that the candidate is meant to answer, at each task of the run',
  Phase: 'number of the present phase, in the order of the machine',
  GateDecision: 'decision of an evaluation: 1 advance, 0 hold, -1 rollback',
  RollbackRequested: '1 for the first of the triggers that ask for one rollback',
  RollbackSeconds: 'seconds from the start of the rollback function to confirmed weights',
  MirrorClosed: '1 when the mirror was taken out of the clients’ path',
  NoticeFailed: '1 for a notification that SNS did not accept',
  ParityPairs: 'captures that were compared',
  ParityBreaking: 'captures with a breaking difference',
  ParityUndecided: 'captures with a difference that needs a rule',
  ParityNewErrors: 'captures in which the candidate failed and stable did not',
  ParityUnmatched: 'captures without an answer from stable',
  ParityFailed: 'records that could not be read',
} as const satisfies Record<string, string>;
export type HandlerMetric = keyof typeof HANDLER_METRICS;

const NAMESPACE = 'Crossfade';

/**
 * Writes metrics with the dimension `Ingress`.
 * @param write receives one line without its newline
 * @param now milliseconds
 */
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
