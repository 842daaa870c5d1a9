import { BALANCER_SERIES, BASELINE_SERIES, COPY_SERIES, SIDE_SERIES } from '../model/index.ts';

/**
 * The resources that the stacks deploy and how much their parts use at a time, as far as it affects the cost.
 * `test/lib/cost-footprint.test.ts` counts what can be counted in the synthesised templates; figures that are measured
 * or assumed say so.
 */
export const FOOTPRINT = {
  /** Metrics that the alarms read. An alarm on an expression costs as many alarms as it has metrics. */
  alarmMetrics: 75,
  dashboards: 2,
  keys: 1,
  /** Reference application only: the key for redacting captures. */
  secrets: 1,
  /** Metrics with the dimension `Ingress`, including the mirror's reasons and sides. */
  customMetrics: 33,
  handlerGb: 0.5,
  /** Assumed: duration of a handler including its AWS calls, in seconds. */
  handlerSeconds: 0.6,
  transformGb: 1,
  /**
   * Measured by `npm run bench -- parity` on 2 kB bodies, including decoding and redaction: less than a millisecond;
   * doubled. Seconds per capture.
   */
  transformSeconds: 0.002,
  /** Metrics of one evaluation, without and with the mirror: its two target groups and its copies. */
  metricsPerLook: { alone: metricsOf(2), mirrored: metricsOf(4) + COPY_SERIES.length },
  /** The series of the baseline, read before the first customer is moved and before the last. */
  metricsPerBaseline: 2 * BASELINE_SERIES.length,
  /** The watch, wait and choice states of one evaluation. */
  transitionsPerLook: 3,
  /** From preflight to completion, including the sign-offs. */
  fixedTransitions: 45,
  /** Heartbeat and log entry of one evaluation, each less than 1 kB. */
  writesPerLook: 2,
  readsPerLook: 4,
  /** Log lines of one invocation, including its metrics and trace; bytes. */
  logBytesPerInvocation: 2_000,
  /** Status messages of a whole run. */
  mails: 40,
  /** The mirror: number of tasks, and the resources of each. */
  mirror: { tasks: 2, vcpu: 1, gb: 2 },
  /** Compression ratio of captures (JSON with gzip); assumed. */
  compression: 5,
  /** Firehose writes an object when its buffer is full or this old; seconds. */
  objectSeconds: 300,
} as const;

function metricsOf(targetGroups: number): number {
  return targetGroups * SIDE_SERIES.length + BALANCER_SERIES.length;
}
