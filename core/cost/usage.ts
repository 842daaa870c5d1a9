/** How much of each priced unit a month, and one cutover, use. */
import type { MetricQuery, Plan, PlanMetric } from '../model/index.ts';
import { FOOTPRINT } from './footprint.ts';
import type { PriceId } from './prices.ts';

export interface Traffic {
  /** Requests per second at the ingress. */
  readonly rps: number;
  /** Share of the requests that may be copied because they have no side effects, 0 to 1. */
  readonly safeShare: number;
  /** Size of one capture in bytes: two answers with their heads, and the request. */
  readonly captureBytes: number;
  /** Whether the reference application's mirror runs. An attached application brings its own, or none. */
  readonly mirror: boolean;
}

export interface Use {
  readonly price: PriceId;
  readonly what: string;
  /** In units of the price. */
  readonly quantity: number;
}

export const MONTH_SECONDS = 730 * 3_600;
const GB = 1e9;
/** Firehose bills each record in steps of this many bytes. */
const FIREHOSE_STEP = 5_000;

/** Use while the stacks exist, whether or not a cutover runs. */
export function monthly({ mirror }: Traffic): Use[] {
  const minutes = MONTH_SECONDS / 60;
  return [
    ...(mirror ? mirrorTasks(MONTH_SECONDS) : []),
    { price: 'alarmMetricMonth', what: 'alarms', quantity: FOOTPRINT.alarmMetrics },
    { price: 'dashboardMonth', what: 'dashboard', quantity: FOOTPRINT.dashboards },
    { price: 'keyMonth', what: 'KMS key: status topic', quantity: FOOTPRINT.keys },
    ...(mirror ? [{ price: 'secretMonth', what: 'secret: redaction key', quantity: FOOTPRINT.secrets } as const] : []),
    ...invocations('watchdog', minutes),
    { price: 'readUnit', what: 'watchdog: lease', quantity: minutes },
  ];
}

/** Additional use of one cutover if every gate passes at the end of its bake. */
export function perCutover(plan: Plan, traffic: Traffic): Use[] {
  const looks = looksOf(observedPhases(plan));
  const captures = capturesOf(plan, traffic);
  const seconds = observedSeconds(plan);
  const capturedGb = (captures * traffic.captureBytes) / GB / FOOTPRINT.compression;
  const billedGb = (captures * Math.ceil(traffic.captureBytes / FIREHOSE_STEP) * FIREHOSE_STEP) / GB;
  return [
    {
      price: 'stateTransition',
      what: 'state machine',
      quantity: looks * FOOTPRINT.transitionsPerLook + FOOTPRINT.fixedTransitions,
    },
    ...invocations('evaluations', looks),
    {
      price: 'metricRead',
      what: 'evaluations: metrics',
      quantity: looks * FOOTPRINT.metricsPerLook[traffic.mirror ? 'mirrored' : 'alone'] + FOOTPRINT.metricsPerBaseline,
    },
    ...(plan.metrics.length === 0
      ? []
      : [{ price: 'metricRead', what: "evaluations: the plan's own", quantity: ownReadsOf(plan) } as const]),
    { price: 'writeUnit', what: 'ledger', quantity: looks * FOOTPRINT.writesPerLook },
    { price: 'readUnit', what: 'ledger', quantity: looks * FOOTPRINT.readsPerLook },
    { price: 'metricMonth', what: 'custom metrics', quantity: (FOOTPRINT.customMetrics * seconds) / MONTH_SECONDS },
    { price: 'mail', what: 'status messages', quantity: FOOTPRINT.mails },
    ...(captures === 0
      ? []
      : ([
          { price: 'firehoseGb', what: 'captures: delivery', quantity: billedGb },
          {
            price: 'lambdaGbSecond',
            what: 'captures: comparison',
            quantity: captures * FOOTPRINT.transformSeconds * FOOTPRINT.transformGb,
          },
          { price: 's3Put', what: 'captures: objects', quantity: copiedSeconds(plan) / FOOTPRINT.objectSeconds },
          {
            price: 's3GbMonth',
            what: 'captures: kept',
            quantity: (capturedGb * (seconds + plan.retention)) / MONTH_SECONDS,
          },
        ] as const)),
  ];
}

function mirrorTasks(seconds: number): Use[] {
  const { tasks, vcpu, gb } = FOOTPRINT.mirror;
  const hours = (tasks * seconds) / 3_600;
  return [
    { price: 'fargateVcpuHour', what: 'mirror: vCPU', quantity: hours * vcpu },
    { price: 'fargateGbHour', what: 'mirror: memory', quantity: hours * gb },
  ];
}

function invocations(what: string, count: number): Use[] {
  return [
    { price: 'lambdaRequest', what: `${what}: calls`, quantity: count },
    {
      price: 'lambdaGbSecond',
      what: `${what}: time`,
      quantity: count * FOOTPRINT.handlerSeconds * FOOTPRINT.handlerGb,
    },
    { price: 'logGb', what: `${what}: logs`, quantity: (count * FOOTPRINT.logBytesPerInvocation) / GB },
  ];
}

/** A phase in which somebody looks again and again. Seconds. */
interface LookedAt {
  readonly seconds: number;
  /** Between two looks. */
  readonly every: number;
}

/** The phases in which the candidate answers somebody, and the plan's own metrics are read. */
function candidatePhases({ cohort, stages, gate, soak }: Plan): LookedAt[] {
  return [
    ...[cohort, ...stages].flatMap((stage) =>
      stage === undefined ? [] : [{ seconds: stage.bake, every: gate.observe }],
    ),
    { seconds: soak.duration, every: soak.observe },
  ];
}

function observedPhases(plan: Plan): LookedAt[] {
  const { shadow, decommission } = plan;
  return [
    { seconds: shadow.duration + shadow.exercise, every: shadow.observe },
    ...candidatePhases(plan),
    { seconds: decommission.drain + 4 * decommission.step, every: decommission.step },
  ];
}

function looksOf(phases: readonly LookedAt[]): number {
  return phases.reduce((sum, { seconds, every }) => sum + Math.ceil(seconds / every), 0);
}

function observedSeconds(plan: Plan): number {
  return observedPhases(plan).reduce((sum, { seconds }) => sum + seconds, 0);
}

function ownReadsOf(plan: Plan): number {
  return looksOf(candidatePhases(plan)) * plan.metrics.reduce((sum, metric) => sum + readsOf(metric), 0);
}

/** CloudWatch metrics per evaluation: of both sides, or of the candidate only for a guard; none for other providers. */
function readsOf(metric: PlanMetric): number {
  const of = (query: MetricQuery) =>
    query.source === 'provider' ? 0 : query.source === 'math' ? Object.keys(query.using).length : 1;
  if (metric.kind === 'guard') return of(metric.value);
  return 2 * (metric.kind === 'value' ? of(metric.value) : of(metric.numerator) + of(metric.denominator));
}

function copiedSeconds({ shadow, soak }: Plan): number {
  return shadow.duration + shadow.exercise + soak.duration;
}

function capturesOf({ shadow, soak }: Plan, { rps, safeShare, mirror }: Traffic): number {
  if (!mirror) return 0;
  const forward = (shadow.duration + shadow.exercise) * shadow.percent;
  const reverse = soak.duration * soak.reversePercent;
  return (rps * safeShare * (forward + reverse)) / 100;
}
