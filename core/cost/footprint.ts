import { BALANCER_SERIES, BASELINE_SERIES, SIDE_SERIES } from '../model/index.ts';

/**
 * What the stacks deploy and its parts use at a time, as far as it costs. `test/lib/cost-footprint.test.ts` counts what can be counted in
 * the synthesised templates; what is measured or assumed says so.
 */
export const FOOTPRINT = {
  /** Metrics that the alarms read; an alarm on an expression costs as many alarms as it has metrics. */
  alarmMetrics: 75,
  dashboards: 2,
  keys: 1,
  /** Reference application only: the key of captures' redaction. */
  secrets: 1,
  /** Metrics with the dimension `Ingress`, the mirror's reasons and sides included. */
  customMetrics: 31,
  handlerGb: 0.5,
  /** Assumed: a handler's own time, its AWS calls included. Seconds. */
  handlerSeconds: 0.6,
  transformGb: 1,
  /** Measured by `npm run bench -- parity` on 2 kB bodies, with decoding and redaction: below a millisecond; doubled. Seconds a capture. */
  transformSeconds: 0.002,
  /** Metrics of one look, without the mirror's two target groups and with them. */
  metricsPerLook: { alone: metricsOf(2), mirrored: metricsOf(4) },
  /** The baseline's series, before the first customer is moved and before the last. */
  metricsPerBaseline: 2 * BASELINE_SERIES.length,
  /** The watch, the wait and the choice of one look. */
  transitionsPerLook: 3,
  /** From preflight to completion, the sign-offs included. */
  fixedTransitions: 45,
  /** Heartbeat and log of one look, each below 1 kB written. */
  writesPerLook: 2,
  readsPerLook: 4,
  /** Log lines of one invocation, with its metrics and trace. Bytes. */
  logBytesPerInvocation: 2_000,
  /** Status messages of a whole run. */
  mails: 40,
  /** The mirror: tasks, and what each has. */
  mirror: { tasks: 2, vcpu: 1, gb: 2 },
  /** JSON of captures, by gzip. Assumed. */
  compression: 5,
  /** Firehose writes an object when its buffer is full or old: seconds. */
  objectSeconds: 300,
} as const;

function metricsOf(targetGroups: number): number {
  return targetGroups * SIDE_SERIES.length + BALANCER_SERIES.length;
}
