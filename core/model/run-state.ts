/**
 * `CutoverState`: the whole of what a run knows, small, JSON, in and out of every task of the state machine. The plan
 * stands in it as it was written, so that a console reader sees ISO-8601, not seconds.
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

/**
 * What a Choice state reads. `proceed`: on to the next named state; `hold`: wait and look again; `nextStage`: shift
 * further; `closeMirror`: the same phase without its mirror; `rollback`: the safe weights, now; `drill`: this run is one.
 */
export const NEXT = ['proceed', 'hold', 'nextStage', 'closeMirror', 'rollback', 'drill'] as const;
export type Next = (typeof NEXT)[number];

const isoInstant = z.iso.datetime();

const baselineShape = z.object({
  requests: z.number().nonnegative(),
  errorRate: z.number().min(0).max(1),
  /** The same over the last quarter of an hour (or the last period, if that is longer); null below 100 requests. */
  recentErrorRate: z.number().min(0).max(1).nullable().default(null),
  /** Share of requests over the plan's latency budget; null where the metric store cannot count them. */
  slowRate: z.number().min(0).max(1).nullable().default(null),
  /** How many failures, and slow requests, one cause seems to make at a time (core/gate/bets/overdispersion.ts); null where nothing shows it. */
  errorBurst: z.number().min(1).nullable().default(null),
  slowBurst: z.number().min(1).nullable().default(null),
  /**
   * How far the rate of failures, and of slow requests, wanders by itself within ten minutes or so: standard deviation of its
   * logarithm (core/gate/bets/noise.ts); null where nothing shows it.
   */
  errorNoise: z.number().nonnegative().nullable().default(null),
  slowNoise: z.number().nonnegative().nullable().default(null),
  /** 5xx that the load balancer itself makes ordinarily, as a share of the requests: the median period's, so that an incident is not ordinary. */
  elb5xxRate: z.number().min(0).max(1).default(0),
  /**
   * Rate of failures, and of slow requests, that some minutes of this side reach about once in 10,000 (core/gate/bets/ceiling.ts): what its
   * customers have lived with. Null in logs of earlier versions, and for slow requests where they are not counted.
   */
  errorCeiling: z.number().min(0).max(1).nullable().default(null),
  slowCeiling: z.number().min(0).max(1).nullable().default(null),
  /**
   * The same of requests of which no answer is told (clients who hang up, upgraded connections). Null in logs of earlier versions, and where answers are not
   * counted.
   */
  untoldCeiling: z.number().min(0).max(1).nullable().default(null),
  /** Highest share of any five minutes, of those with 100 requests: for people; logs of earlier versions have no ceiling. */
  peakErrorRate: z.number().min(0).max(1).default(0),
  peakSlowRate: z.number().min(0).max(1).nullable().default(null),
  /** Requests per second of each hour (UTC) of the day, mean over the look-back; null for an hour that it does not touch. */
  rpsByHour: z.array(z.number().nonnegative().nullable()).length(24).default(Array(24).fill(null)),
  /** Longest silence that came once an hour, minutes (core/gate/freshness.ts); 0 in logs of earlier versions. */
  silentMinutes: z.number().nonnegative().default(0),
  /** Milliseconds. */
  p50: z.number().nonnegative(),
  p95: z.number().nonnegative(),
  p99: z.number().nonnegative(),
  /** Requests per second, mean over the look-back. */
  rps: z.number().nonnegative(),
  /** Percent of reservation, mean over the look-back; null where the service reports none. */
  cpuPercent: z.number().nonnegative().nullable(),
  memoryPercent: z.number().nonnegative().nullable(),
  /** The plan's own metrics by name; absent in baselines of earlier versions, and without any. */
  metrics: z.record(z.string(), metricBaselineSchema).optional(),
});
export type BaselineSummary = z.infer<typeof baselineShape>;
export const baselineSummarySchema: z.ZodType<BaselineSummary, z.input<typeof baselineShape>> = baselineShape.loose();

export const capacitySnapshotSchema = z.object({
  desired: z.int().nonnegative(),
  running: z.int().nonnegative(),
  /** Bounds of Application Auto Scaling as they were; null where the service does not scale. */
  scaling: z
    .object({
      min: z.int().nonnegative(),
      max: z.int().nonnegative(),
      /** Dynamic scaling is suspended. */
      suspended: z.boolean(),
      /** Scheduled scaling is suspended; absent in snapshots of earlier versions, which left it alone. */
      scheduledSuspended: z.boolean().optional(),
    })
    .nullable(),
});
export type CapacitySnapshot = z.infer<typeof capacitySnapshotSchema>;

/** Whether as many tasks are wanted as the snapshot had, and scaling is as it found it. */
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
  /** For people: the name, or the names, of who approved. */
  approvedBy: z.string().min(1),
  comment: z.string().default(''),
  /** IAM identities (ARN) of those who approved; absent in answers of earlier versions. */
  approvers: z.array(z.string().min(1)).optional(),
});
export type Approval = z.infer<typeof approvalSchema>;

const revisionSchema = z.discriminatedUnion('kind', [
  /** Of an ECS service: its task definition, and the deployment that resolved the image. */
  z.strictObject({ kind: z.literal('tasks'), id: z.string() }),
  /** Of a target group without one: its targets. */
  z.strictObject({ kind: z.literal('targets'), ids: z.array(z.string()) }),
]);
/** Which code one side runs. */
export type Revision = z.infer<typeof revisionSchema>;

const revisionsSchema = z.strictObject({ stable: revisionSchema.nullable(), candidate: revisionSchema.nullable() });
/** Both sides'; null where it cannot be told. */
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
  /** What the run last gave the listener, confirmed. */
  split: trafficSplitSchema,
  baseline: baselineSummarySchema.nullable(),
  capacity: capacitySnapshotSchema.nullable(),
  /** Halvings of the stable side's capacity already done while decommissioning. */
  decommissionSteps: z.int().min(0),
  next: z.enum(NEXT),
  /** Why `next` is what it is: a sentence with the figure that decided. */
  reason: z.string(),
  /** What the next Wait state waits. */
  waitSeconds: z.int().min(0),
  /** Put there by a sign-off's task token, consumed by the task after it. */
  approval: approvalSchema.nullable(),
  /** This run is a drill; null: a cutover. */
  drill: drillSchema.nullable().default(null),
  /** IAM identity (ARN) of who started the run; null where nobody said. */
  startedBy: z.string().nullable().default(null),
  /** Revision of the steering whose restart was carried out last. */
  steeringRev: z.int().nonnegative().default(0),
  /** Each side's revision at the run's first evaluation, or at its latest restart because of a new one; null before. */
  revisions: revisionsSchema.nullable().default(null),
  /** How often a new revision of a side restarted a phase. */
  revisionRestarts: z.int().nonnegative().default(0),
  /** Put there by a Catch, consumed by the rollback task. */
  error: z.looseObject({ Error: z.string(), Cause: z.string().optional() }).optional(),
});

/** In memory: durations are seconds. */
export type CutoverState = z.infer<typeof stateShape>;
/** On the wire: durations are ISO-8601. */
export type CutoverStateJson = z.input<typeof stateShape>;

/** Functions of two versions may meet in one run, so what a newer one has added is handed on, not refused. */
const stateSchema: z.ZodType<CutoverState, CutoverStateJson> = stateShape.loose();

/** The state in a task's input; null where it has none. */
export function stateIn(input: unknown): CutoverState | null {
  return read(input).data ?? null;
}

/** Parses a task's input, by whichever version it was written. @throws CrossfadeError `Crossfade.InvalidState` naming the field. */
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
