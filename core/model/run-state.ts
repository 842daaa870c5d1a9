/**
 * `CutoverState`: everything that a run knows, as small JSON that every task of the state machine receives and returns.
 * The plan is contained as written, so that a reader in the AWS console sees ISO-8601 durations, not seconds.
 */
import * as z from 'zod';
import { describeProblems, wordIssue } from '../../input/index.ts';
import { drillSchema } from './drill.ts';
import { stateOfToday } from './earlier.ts';
import { CrossfadeError } from './errors.ts';
import { metricBaselineSchema } from './evidence.ts';
import { cutoverIdSchema, generationSchema, ingressIdSchema } from './ids.ts';
import { acceptedPlanSchema } from './plan.ts';
import { trafficSplitSchema } from './split.ts';

export const PHASES = [
  'preflight',
  'baseline',
  'shadow',
  'exercise',
  'shadowSignoff',
  'stage',
  'soak',
  'finalSignoff',
  'decommission',
  'retention',
  'complete',
  'rollback',
  'drill',
] as const;
export type Phase = (typeof PHASES)[number];

/** In these, the run may have removed tasks from stable. */
const REDUCING: readonly string[] = ['decommission', 'retention', 'complete'] satisfies Phase[];

export function mayReduceStable(phase: string): boolean {
  return REDUCING.includes(phase);
}

/** Number of the stage in which only the cohort uses the candidate: the one before the first. */
export const COHORT_STAGE = -1;

/**
 * A place in a run, as people read it: `shadow sign-off`, `cohort` or `stage 10 %`.
 * @param percent what the candidate gets in that stage; undefined if unknown, for example in a log without its plan:
 *   then the second stage is `stage #2`, which nobody takes for 2 %
 */
export function describePlace(
  { phase, stage }: { readonly phase: string; readonly stage: number },
  percent: number | undefined,
): string {
  if (phase !== 'stage') return PHASE_NAMES[phase] ?? phase;
  if (stage === COHORT_STAGE) return 'cohort';
  return percent === undefined ? `stage #${stage + 1}` : `stage ${percent} %`;
}

/** Of the phases whose id is no name for people. */
const PHASE_NAMES: Readonly<Record<string, string>> = {
  shadowSignoff: 'shadow sign-off',
  finalSignoff: 'final sign-off',
};

/**
 * Read by a Choice state. `proceed`: on to the next named state; `hold`: wait and evaluate again; `nextStage`: shift
 * further; `closeMirror`: the same phase without its mirror; `rollback`: the safe weights, now; `drill`: this run is a
 * drill.
 */
export const NEXT = ['proceed', 'hold', 'nextStage', 'closeMirror', 'rollback', 'drill'] as const;
export type Next = (typeof NEXT)[number];

const isoInstant = z.iso.datetime();

const baselineShape = z.object({
  requests: z.number().nonnegative(),
  errorRate: z.number().min(0).max(1),
  /**
   * The same over the last quarter of an hour (or the last period, if that is longer); null with fewer than 100
   * requests.
   */
  recentErrorRate: z.number().min(0).max(1).nullable().default(null),
  /** Share of requests over the plan's latency budget; null if the metric store cannot count them. */
  slowRate: z.number().min(0).max(1).nullable().default(null),
  /**
   * How many failures, and slow requests, one cause appears to make at a time (core/gate/bets/overdispersion.ts); null
   * if the data do not show it.
   */
  errorBurst: z.number().min(1).nullable().default(null),
  slowBurst: z.number().min(1).nullable().default(null),
  /**
   * How much the rate of failures, and of slow requests, wanders by itself within about ten minutes: standard deviation
   * of its logarithm (core/gate/bets/noise.ts); null if the data do not show it.
   */
  errorNoise: z.number().nonnegative().nullable().default(null),
  slowNoise: z.number().nonnegative().nullable().default(null),
  /**
   * 5xx that the load balancer itself ordinarily generates, as a share of the requests: that of the median period, so
   * that an incident does not count as ordinary.
   */
  elb5xxRate: z.number().min(0).max(1).default(0),
  /**
   * Share of the requests that another service's missing targets had the load balancer answer with 5xx just before a
   * move (core/gate/load-balancer.ts); absent before the first move beyond half, and in logs of earlier versions.
   */
  untargetedRate: z.number().min(0).max(1).optional(),
  /**
   * Rate of failures, and of slow requests, that minutes of this side reach about once in 10,000
   * (core/gate/bets/ceiling.ts), which its customers have experienced. null in logs of earlier versions, and for slow
   * requests if they are not counted.
   */
  errorCeiling: z.number().min(0).max(1).nullable().default(null),
  slowCeiling: z.number().min(0).max(1).nullable().default(null),
  /**
   * Rate of failures that the worst minutes of three different hours reached (core/gate/bets/ceiling.ts); absent in
   * logs of earlier versions.
   */
  errorSpike: z.number().min(0).max(1).optional(),
  /**
   * The same for requests without a reported answer (clients that hang up, upgraded connections). null in logs of
   * earlier versions, and if answers are not counted.
   */
  untoldCeiling: z.number().min(0).max(1).nullable().default(null),
  /**
   * The highest share of any five minutes with at least 100 requests: for people; logs of earlier versions have no
   * ceiling.
   */
  peakErrorRate: z.number().min(0).max(1).default(0),
  peakSlowRate: z.number().min(0).max(1).nullable().default(null),
  /**
   * Requests per second in each hour (UTC) of the day, as the mean over the look-back; null for an hour that it does
   * not include.
   */
  rpsByHour: z.array(z.number().nonnegative().nullable()).length(24).default(Array(24).fill(null)),
  /**
   * The longest silence that occurred once an hour, in minutes (core/gate/freshness.ts); 0 in logs of earlier versions.
   */
  silentMinutes: z.number().nonnegative().default(0),
  /** Milliseconds. */
  p50: z.number().nonnegative(),
  p95: z.number().nonnegative(),
  p99: z.number().nonnegative(),
  /** Requests per second, as the mean over the look-back. */
  rps: z.number().nonnegative(),
  /** Percentage of the reservation, as the mean over the look-back; null if the service reports none. */
  cpuPercent: z.number().nonnegative().nullable(),
  memoryPercent: z.number().nonnegative().nullable(),
  /** The plan's own metrics by name; absent in baselines of earlier versions, and if there are none. */
  metrics: z.record(z.string(), metricBaselineSchema).optional(),
});
export type BaselineSummary = z.infer<typeof baselineShape>;
export const baselineSummarySchema: z.ZodType<BaselineSummary, z.input<typeof baselineShape>> = baselineShape.loose();

export const capacitySnapshotSchema = z.object({
  desired: z.int().nonnegative(),
  running: z.int().nonnegative(),
  /** Original limits of Application Auto Scaling; null if the service does not scale. */
  scaling: z
    .object({
      min: z.int().nonnegative(),
      max: z.int().nonnegative(),
      /** Whether dynamic scaling is suspended. */
      suspended: z.boolean(),
      /** Whether scheduled scaling is suspended; absent in snapshots of earlier versions, which left it alone. */
      scheduledSuspended: z.boolean().optional(),
    })
    .nullable(),
});
export type CapacitySnapshot = z.infer<typeof capacitySnapshotSchema>;

/** Whether the desired count and scaling are as in the snapshot. */
export function isRestored(now: CapacitySnapshot, snapshot: CapacitySnapshot): boolean {
  return now.desired >= snapshot.desired && sameScaling(now.scaling, snapshot.scaling);
}

function sameScaling(a: CapacitySnapshot['scaling'], b: CapacitySnapshot['scaling']): boolean {
  if (a === null || b === null) return a === b;
  return (
    a.min === b.min &&
    a.max === b.max &&
    a.suspended === b.suspended &&
    (a.scheduledSuspended ?? false) === (b.scheduledSuspended ?? false)
  );
}

export const approvalSchema = z.object({
  /** For people: the name or names of those who approved. */
  approvedBy: z.string().min(1),
  comment: z.string().default(''),
  /** IAM identities (ARN) of those who approved; absent in answers of earlier versions. */
  approvers: z.array(z.string().min(1)).optional(),
});
export type Approval = z.infer<typeof approvalSchema>;

const revisionSchema = z.discriminatedUnion('kind', [
  /** For an ECS service: its task definition, and the deployment that resolved the image. */
  z.strictObject({ kind: z.literal('tasks'), id: z.string() }),
  /** For a target group without a service: its targets. */
  z.strictObject({ kind: z.literal('targets'), ids: z.array(z.string()) }),
]);
/** The code that one side runs. */
export type Revision = z.infer<typeof revisionSchema>;

const revisionsSchema = z.strictObject({ stable: revisionSchema.nullable(), candidate: revisionSchema.nullable() });
/** The revisions of both sides; null if unknown. */
export type Revisions = z.infer<typeof revisionsSchema>;

const stateShape = z.object({
  v: z.literal(1),
  cutoverId: cutoverIdSchema,
  ingressId: ingressIdSchema,
  generation: generationSchema,
  executionArn: z.string().min(1),
  plan: acceptedPlanSchema,
  phase: z.enum(PHASES),
  /** Index into `plan.stages`; -1 before the first. */
  stage: z.int().min(-1),
  /** When the phase (or, in phase `stage`, the stage) began. */
  since: isoInstant,
  /** The last split that the run gave the listener and confirmed. */
  split: trafficSplitSchema,
  baseline: baselineSummarySchema.nullable(),
  capacity: capacitySnapshotSchema.nullable(),
  /** How many halvings of stable's capacity the decommission has made. */
  decommissionSteps: z.int().min(0),
  next: z.enum(NEXT),
  /** Why `next` has its value: a sentence with the figure that decided. */
  reason: z.string(),
  /** Duration of the next Wait state, in seconds. */
  waitSeconds: z.int().min(0),
  /** Set by the task token of a sign-off, and consumed by the next task. */
  approval: approvalSchema.nullable(),
  /** Set if this run is a drill; null for a cutover. */
  drill: drillSchema.nullable().default(null),
  /** IAM identity (ARN) of the person who started the run; null if unknown. */
  startedBy: z.string().nullable().default(null),
  /** Revision of the steering whose restart was carried out last. */
  steeringRev: z.int().nonnegative().default(0),
  /**
   * The revision of each side at the run's first evaluation, or at its latest restart because of a new one; null
   * before.
   */
  revisions: revisionsSchema.nullable().default(null),
  /** How often a new revision of a side has restarted a phase. */
  revisionRestarts: z.int().nonnegative().default(0),
  /**
   * When a new revision restarted a phase last; null if none has. Captures before are about services that no longer
   * exist.
   */
  revisedAt: isoInstant.nullable().default(null),
  /** Set by a Catch, and consumed by the rollback task. */
  error: z.looseObject({ Error: z.string(), Cause: z.string().optional() }).optional(),
});

/** In memory, durations are seconds. */
export type CutoverState = z.infer<typeof stateShape>;
/** In JSON, durations are ISO-8601. */
export type CutoverStateJson = z.input<typeof stateShape>;

/**
 * Functions of two versions may work on the same run, so fields that a newer one has added are passed on, not refused.
 */
const stateSchema: z.ZodType<CutoverState, CutoverStateJson> = stateShape.loose();

/** The state in the input of a task; null if it has none. */
export function stateIn(input: unknown): CutoverState | null {
  return read(input).data ?? null;
}

/**
 * Parses the input of a task, written by any version.
 * @throws CrossfadeError `Crossfade.InvalidState` that names the field
 */
export function parseState(input: unknown): CutoverState {
  const { data, error } = read(input);
  if (data !== undefined) return data;
  const where = describeProblems(error, 'state');
  throw new CrossfadeError('Crossfade.InvalidState', `This version cannot read the execution's state. ${where}.`, {
    traffic: 'as the last confirmed weights left it; the rollback that follows writes the safe ones.',
    nextStep:
      'start a new execution once it has ended; a state is written by a task alone, and this one by hand or by a newer version that is no longer deployed.',
    cause: error,
  });
}

function read(input: unknown) {
  return stateSchema.safeParse(stateOfToday(input), { error: wordIssue });
}

/** The JSON that a task returns. */
export function stateToJson(state: CutoverState): CutoverStateJson {
  return z.encode(stateSchema, state);
}
