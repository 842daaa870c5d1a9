/**
 * What the ledger holds: one item per ingress that says who owns it, and an append-only log per cutover.
 *
 * ELBv2 has no conditional write, so the item is the fence: `generation` and `status` are compared and set by DynamoDB
 * before and after every weight write (design: fencing).
 */
import * as z from 'zod';
import { drillSchema } from './drill.ts';
import { cutoverIdSchema, generationSchema, ingressIdSchema, targetGroupArnSchema } from './ids.ts';
import { capacitySnapshotSchema, PHASES } from './run-state.ts';
import { ruleWeightsSchema, trafficSplitSchema } from './split.ts';
import { type Steering, steeringSchema, UNSTEERED } from './steering.ts';

/**
 * `running`: a run owns the ingress. `rolling_back`: fenced, safe weights not yet confirmed. `rolled_back`: safe weights
 * confirmed. `completed`: the candidate is the service now; nothing here may move its traffic any more.
 */
export const LEDGER_STATUSES = ['running', 'rolling_back', 'rolled_back', 'completed'] as const;

/** What may pull the trigger (design: who pulls the rollback trigger). */
export const TRIGGERS = [
  'gate',
  'alarm',
  'execution',
  'watchdog',
  'drift',
  'signoff',
  'operator',
  'task',
  'drill',
] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** The kind of a log entry as people read it; the log keeps the name of its first version. */
export function describeKind(kind: string): string {
  return kind === 'observation' ? 'evaluation' : kind;
}

/** What triggered a rollback, and why: `alarm shop-elb-5xx: …`, `gate in phase stage: …`, `watchdog: …`. */
export function describeCause(asked: {
  readonly trigger: Trigger;
  readonly by: string;
  readonly reason?: string;
}): string {
  const { trigger, by, reason } = asked;
  const named = trigger === 'signoff' ? 'sign-off' : trigger;
  const source = by === trigger ? named : `${named} ${by.startsWith('phase ') ? 'in ' : ''}${by}`;
  return reason === undefined ? source : `${source}: ${reason}`;
}

const instant = z.iso.datetime();

/** How people hear of a rollback. */
export const TIDINGS = ['message', 'metric', 'log'] as const;
export type Tidings = (typeof TIDINGS)[number];

const tasksShape = z.object({
  /** Number of the look that decided it: a second try of that look goes on to the same number of tasks. */
  step: z.int().nonnegative(),
  desired: z.int().nonnegative(),
  at: instant,
  /** True once the stable side was told so and the generation still held. */
  confirmed: z.boolean(),
});
/** How many tasks of the stable side a step of decommission wants. */
export type TasksIntent = z.infer<typeof tasksShape>;

const intentShape = z.object({
  split: trafficSplitSchema,
  weights: z.array(ruleWeightsSchema),
  at: instant,
  /** The writer that recorded it, where it was not a shift; with `at` it tells intents apart. */
  by: z.string().optional(),
  /** True once the listener was read back with these weights and the generation still held. */
  confirmed: z.boolean(),
});
export type Intent = z.infer<typeof intentShape>;

const rollbackShape = z.object({
  trigger: z.enum(TRIGGERS).catch('task'),
  reason: z.string(),
  by: z.string(),
  /** When the evidence turned bad as far as is known (alarm transition, deciding observation). */
  requestedAt: instant,
  /** When the safe weights were read back. */
  confirmedAt: instant.nullable(),
  /** When per-side request counts showed that no customer reaches the candidate any more. */
  verifiedAt: instant.nullable(),
  /** When the stable side's tasks and scaling were last seen as the snapshot has them, with no writer of the run left. */
  capacityRestoredAt: instant.nullable().default(null),
  /**
   * Who has not been told yet of the lease's present status. Leases of earlier versions, which told without a mark, owe nothing; one that
   * cannot be read owes all: told twice is better than told never.
   */
  owed: z.array(z.enum(TIDINGS)).readonly().catch(TIDINGS).default([]),
});

const leaseShape = z.object({
  ingressId: ingressIdSchema,
  cutoverId: cutoverIdSchema,
  generation: generationSchema,
  status: z.enum(LEDGER_STATUSES),
  executionArn: z.string(),
  startedAt: instant,
  /** For people; no decision about weights reads it. */
  phase: z.enum(PHASES).catch('stage'),
  stage: z.int().min(-1),
  intent: intentShape.loose(),
  /** By when a task of the run must have been seen again; the watchdog rolls back a run that is late. */
  heartbeatDueAt: instant,
  capacity: capacitySnapshotSchema.nullable(),
  /** `full`: may take 100 % at once. `reduced`: must be scaled back up before it gets weight. */
  stableCapacity: z.enum(['full', 'reduced']).catch('reduced'),
  /** What the run wants of them since decommission began; null before, in leases of earlier versions, and where it cannot be read. */
  tasks: tasksShape.loose().nullable().catch(null).default(null),
  rollback: rollbackShape.loose().nullable(),
  /** The run is a drill. */
  drill: drillSchema.nullable().default(null),
  /** IAM identity (ARN) of who started the run; null where nobody said. */
  startedBy: z.string().nullable().default(null),
  /** The group that was the stable side when the run began: a deploy must not exchange the sides of a run. Null in leases of earlier versions. */
  stableGroup: targetGroupArnSchema.nullable().catch(null).default(null),
  /** What people have asked of the run. One that cannot be read holds nothing up: rollback does not depend on it. */
  steering: steeringSchema.loose().catch(UNSTEERED).default(UNSTEERED),
});
export type Lease = Omit<z.infer<typeof leaseShape>, 'intent' | 'rollback' | 'tasks' | 'steering'> & {
  readonly intent: Intent;
  readonly tasks: TasksIntent | null;
  readonly rollback: z.infer<typeof rollbackShape> | null;
  readonly steering: Steering;
};

/**
 * Attributes of a newer version are no reason to refuse a lease, nor are its values where a rollback can do without them: a lease
 * that cannot be read could not be fenced. Updates name the attributes that they change, so that the rest stays as it is.
 */
export const ledgerItemSchema: z.ZodType<Lease> = leaseShape.loose();

/**
 * Which run a trigger speaks of; without a scope it speaks of whichever owns the ingress. An event may come hours late and more
 * than once, and then belongs to a run that ended long ago.
 */
export type TriggerScope =
  /** The end or a task of one execution. */
  | { readonly kind: 'execution'; readonly executionArn: string }
  /** Something that was seen at an instant (ISO-8601), so it can only speak of a run that had begun by then. */
  | { readonly kind: 'since'; readonly at: string }
  /**
   * A reading of the lease: the trigger holds only while what it was concluded from is as it was read. `intent`: what the run wants of
   * the listener, and whether that is confirmed. `silence`: the same, and nobody has heard of the run since.
   */
  | { readonly kind: 'unchanged'; readonly what: 'intent' | 'silence'; readonly lease: Lease };

/** Whether a trigger of this scope speaks of the run that holds the lease. */
export function concerns(lease: Lease, scope: TriggerScope | undefined): boolean {
  switch (scope?.kind) {
    case undefined:
      return true;
    case 'execution':
      return lease.executionArn === scope.executionArn;
    case 'since':
      return lease.startedAt <= scope.at;
    case 'unchanged': {
      const { generation, heartbeatDueAt, intent } = scope.lease;
      const same = sameIntent(lease.intent, intent) && lease.intent.confirmed === intent.confirmed;
      const heard = scope.what === 'silence' && lease.heartbeatDueAt !== heartbeatDueAt;
      return lease.generation === generation && same && !heard;
    }
  }
}

/** Whoever brought a rollback to its present status tells of it; a function that has not by then has died. Milliseconds. */
const TELLING_MS = 60_000;

/** How people should have heard of the rollback by `now` (milliseconds since the epoch), and have not. */
export function untold({ rollback }: Lease, now: number): readonly Tidings[] {
  if (rollback === null) return [];
  return now - Date.parse(rollback.confirmedAt ?? rollback.requestedAt) > TELLING_MS ? rollback.owed : [];
}

/** Whether both are one intent: recorded by the same writer at the same instant. */
export function sameIntent(a: Intent, b: Intent): boolean {
  return a.at === b.at && a.by === b.by;
}

/** One line of a cutover's log: what was decided, by whom or by which figure. Never rewritten. */
export const logEntrySchema = z.strictObject({
  at: instant,
  kind: z.enum([
    'phase',
    'weights',
    'observation',
    'parity',
    'signoff',
    'approval',
    'capacity',
    'rollback',
    'verified',
    'refused',
    'drill',
    'steering',
    'warning',
  ]),
  phase: z.enum(PHASES),
  stage: z.int().min(-1),
  by: z.string(),
  message: z.string(),
  /** Inputs and verdicts, so that a decision can be replayed. */
  data: z.unknown().optional(),
});
export type LogEntry = z.infer<typeof logEntrySchema>;

const anyEntry = z.object({
  at: instant.catch(() => new Date(0).toISOString()),
  kind: z.string().catch('?'),
  phase: z.enum(PHASES).catch('preflight'),
  stage: z.int().min(-1).catch(-1),
  by: z.string().catch('?'),
  message: z.string().catch(''),
});

/** An entry as the ledger keeps it. One of a newer version is shown, too, as a warning: who looks at a log may be in an emergency. */
export function readEntry(value: unknown): LogEntry {
  const entry = logEntrySchema.safeParse(value);
  if (entry.success) return entry.data;
  const { kind, message, ...rest } = anyEntry.parse({ ...Object(value) });
  return {
    ...rest,
    kind: 'warning',
    message: `[${kind}: an entry that this version of Crossfade does not know] ${message}`,
    data: value,
  };
}
