/**
 * The content of the ledger: one item per ingress that says who owns it, and an append-only log per cutover.
 * ELBv2 has no conditional write, so the item is the fence: DynamoDB compares and sets `generation` and `status` before
 * and after every write of weights (see docs/explanation/fence.md).
 */
import * as z from 'zod';
import { drillSchema } from './drill.ts';
import { CrossfadeError, describeError } from './errors.ts';
import { cutoverIdSchema, generationSchema, ingressIdSchema, targetGroupArnSchema } from './ids.ts';
import { capacitySnapshotSchema, describePlace, PHASES } from './run-state.ts';
import { ruleWeightsSchema, trafficSplitSchema } from './split.ts';
import { type Steering, steeringSchema, UNSTEERED } from './steering.ts';

/**
 * `running`: a run owns the ingress. `rolling_back`: fenced, with the safe weights not yet confirmed. `rolled_back`:
 * the safe weights are confirmed. `completed`: the candidate is the service now, and nothing here may move its traffic.
 */
export const LEDGER_STATUSES = ['running', 'rolling_back', 'rolled_back', 'completed'] as const;

/** Everything that may trigger a rollback. */
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

/** The kind of a log entry as shown to people; the log keeps the name from its first version. */
export function describeKind(kind: string): string {
  return kind === 'observation' ? 'evaluation' : kind;
}

/** The trigger of a rollback and its reason: `alarm shop-elb-5xx: …`, `gate in stage 10 %: …`, `watchdog: …`. */
export function describeCause(asked: {
  readonly trigger: Trigger;
  readonly by: string;
  readonly reason?: string;
}): string {
  const { trigger, by, reason } = asked;
  const source = describeSource(trigger, by);
  // Callers put the cause into parentheses or at the end of their own sentence.
  return reason === undefined ? source : `${source}: ${reason.replace(/\.$/, '')}`;
}

function describeSource(trigger: Trigger, by: string): string {
  if (by === trigger) return trigger === 'signoff' ? 'sign-off' : trigger;
  // These three are named by their place in the run. Earlier versions wrote `phase` before it.
  const place = by.replace(/^phase /, '');
  if (trigger === 'signoff') return place;
  return trigger === 'gate' || trigger === 'task' ? `${trigger} in ${place}` : `${trigger} ${by}`;
}

const instant = z.iso.datetime();

/** The ways in which people are notified of a rollback. */
export const TIDINGS = ['message', 'metric', 'log'] as const;
export type Tidings = (typeof TIDINGS)[number];

const tasksShape = z.object({
  /** Number of the evaluation that decided it. A second attempt of that evaluation uses the same number of tasks. */
  step: z.int().nonnegative(),
  desired: z.int().nonnegative(),
  at: instant,
  /** True once the desired count was set and the generation was still valid. */
  confirmed: z.boolean(),
});
/** The number of stable tasks that a step of the decommission wants. */
export type TasksIntent = z.infer<typeof tasksShape>;

const intentShape = z.object({
  split: trafficSplitSchema,
  weights: z.array(ruleWeightsSchema),
  at: instant,
  /** The writer that recorded it, if it was not a shift. Together with `at` it identifies the intent. */
  by: z.string().optional(),
  /** True once the listener was read back with these weights and the generation was still valid. */
  confirmed: z.boolean(),
});
export type Intent = z.infer<typeof intentShape>;

const rollbackShape = z.object({
  trigger: z.enum(TRIGGERS).catch('task'),
  reason: z.string(),
  by: z.string(),
  /** When the evidence turned bad, as far as is known (transition of the alarm, or the deciding observation). */
  requestedAt: instant,
  /** When the safe weights were read back. */
  confirmedAt: instant.nullable(),
  /** When request counts by side showed that no customer reaches the candidate any more. */
  verifiedAt: instant.nullable(),
  /** When stable's tasks and scaling were last seen equal to the snapshot, with no writer of the run left. */
  capacityRestoredAt: instant.nullable().default(null),
  /**
   * Which notifications about the lease's present status are still to be sent. Leases of earlier versions, which did
   * not record this, count as complete. A value that cannot be read means all: notifying twice is better than not at
   * all.
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
  /** The time by which a task of the run must report again. The watchdog rolls back a run that is late. */
  heartbeatDueAt: instant,
  capacity: capacitySnapshotSchema.nullable(),
  /** `full`: may receive 100 % at once. `reduced`: must be scaled up before it receives weight. */
  stableCapacity: z.enum(['full', 'reduced']).catch('reduced'),
  /**
   * The number of tasks that the run wants since the decommission began; null before, in leases of earlier versions,
   * and if it cannot be read.
   */
  tasks: tasksShape.loose().nullable().catch(null).default(null),
  rollback: rollbackShape.loose().nullable(),
  /** Set if the run is a drill. */
  drill: drillSchema.nullable().default(null),
  /** IAM identity (ARN) of the person who started the run; null if unknown. */
  startedBy: z.string().nullable().default(null),
  /**
   * The target group that was stable when the run began, because a deployment must not swap the sides of a run. null in
   * leases of earlier versions.
   */
  stableGroup: targetGroupArnSchema.nullable().catch(null).default(null),
  /**
   * People's requests for the run. A value that cannot be read blocks nothing, because rollback does not depend on it.
   */
  steering: steeringSchema.loose().catch(UNSTEERED).default(UNSTEERED),
});
export type Lease = Omit<z.infer<typeof leaseShape>, 'intent' | 'rollback' | 'tasks' | 'steering'> & {
  readonly intent: Intent;
  readonly tasks: TasksIntent | null;
  readonly rollback: z.infer<typeof rollbackShape> | null;
  readonly steering: Steering;
};

/**
 * Neither attributes of a newer version, nor values that a rollback can do without, are a reason to refuse a lease,
 * because a lease that cannot be read could not be fenced. Updates name the attributes that they change, so the others
 * are preserved.
 */
export const ledgerItemSchema: z.ZodType<Lease> = leaseShape.loose();

/** Somebody edited the lease, say. Nobody can act by it, but the weights can be returned without it. */
export class UnreadableLeaseError extends CrossfadeError {
  constructor(cause: unknown) {
    super('Crossfade.LedgerUnavailable', `The lease in the ledger cannot be read (${describeError(cause)}).`, {
      traffic: 'on stable, or returned to it within a minute.',
      nextStep: 'see docs/how-to/after-a-rollback-that-did-not-end.md, "The lease cannot be read".',
      cause,
    });
  }
}

/** @throws UnreadableLeaseError */
export function leaseIn(item: unknown): Lease {
  const read = ledgerItemSchema.safeParse(item);
  if (read.success) return read.data;
  throw new UnreadableLeaseError(read.error);
}

/**
 * Where a run stands, such as `stage 10 %`; after a rollback, where it stood. Its intent has the share of its stage.
 */
export function placeOfRun({ phase, stage, intent }: Pick<Lease, 'phase' | 'stage' | 'intent'>): string {
  return describePlace({ phase, stage }, intent.split.candidatePercent);
}

/**
 * The run to which a trigger refers; without a scope, whichever run owns the ingress. An event may arrive hours late
 * and more than once, and then belongs to a run that ended long ago.
 */
export type TriggerScope =
  /** The end of one execution, or one of its tasks. */
  | { readonly kind: 'execution'; readonly executionArn: string }
  /** An observation at an instant (ISO-8601), which can only refer to a run that had begun by then. */
  | { readonly kind: 'since'; readonly at: string }
  /**
   * A reading of the lease. The trigger is valid only while what it was derived from is unchanged. `intent`: what the
   * run wants of the listener, and whether that is confirmed. `silence`: the same, and the run has not reported since.
   */
  | { readonly kind: 'unchanged'; readonly what: 'intent' | 'silence'; readonly lease: Lease };

/**
 * Whether the lease is this run's. The generation alone does not tell: after the table was lost or restored,
 * generations are counted again from an earlier one.
 */
export function isLeaseOf(
  lease: Lease | null,
  { generation, executionArn }: Pick<Lease, 'generation' | 'executionArn'>,
): lease is Lease {
  return lease?.generation === generation && lease.executionArn === executionArn;
}

/** Whether a trigger with this scope refers to the run that holds the lease. */
export function concerns(lease: Lease, scope: TriggerScope | undefined): boolean {
  switch (scope?.kind) {
    case undefined:
      return true;
    case 'execution':
      return lease.executionArn === scope.executionArn;
    case 'since':
      return lease.startedAt <= scope.at;
    case 'unchanged': {
      const { heartbeatDueAt, intent } = scope.lease;
      const same = sameIntent(lease.intent, intent) && lease.intent.confirmed === intent.confirmed;
      const heard = scope.what === 'silence' && lease.heartbeatDueAt !== heartbeatDueAt;
      return isLeaseOf(lease, scope.lease) && same && !heard;
    }
  }
}

/**
 * Whoever brings a rollback to its present status also sends the notifications. A function that has not done so by then
 * has died; milliseconds.
 */
const TELLING_MS = 60_000;

/**
 * For so long, people are not told again of the same lasting trouble: ten minutes, less what two runs of the watchdog's
 * schedule may differ by.
 */
export const REMINDED_AFTER_MS = 570_000;

/**
 * The notifications about the rollback that should have been sent by `now` (milliseconds since the epoch), and have
 * not.
 */
export function untold({ rollback }: Lease, now: number): readonly Tidings[] {
  if (rollback === null) return [];
  return now - Date.parse(rollback.confirmedAt ?? rollback.requestedAt) > TELLING_MS ? rollback.owed : [];
}

/** Whether both are the same intent: recorded by the same writer at the same instant. */
export function sameIntent(a: Intent, b: Intent): boolean {
  return a.at === b.at && a.by === b.by;
}

/** One line of a cutover's log: what was decided, by whom or because of which figure. Never rewritten. */
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
  /** Inputs and verdicts, so that the decision can be replayed. */
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

/**
 * Reads an entry of the ledger. An entry of a newer version is displayed as a warning, because whoever looks at a log
 * may be in an emergency.
 */
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
