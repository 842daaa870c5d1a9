/**
 * The ports: everything the core wants from the world. AWS adapters are in `lambdas/aws/`; the rehearsal runs those same
 * adapters against a local cloud; tests use in-memory ones. One contract suite runs against all (test/contract).
 *
 * Every method may reject. A rejection of a write means *unknown*: the effect may have happened.
 */

import type { GroupRole } from './deployment.ts';
import type { Drill, DrillRecord } from './drill.ts';
import type { HookAnswer, MetricBaseline, MetricEvidence, MinuteEvidence } from './evidence.ts';
import type { CutoverId, Generation, IngressId, TargetGroupArn } from './ids.ts';
import type { Intent, Lease, LogEntry, TasksIntent, Tidings, Trigger, TriggerScope } from './lease.ts';
import type { Plan } from './plan.ts';
import type { PlanMetric } from './plan-metrics.ts';
import type {
  BaselineSummary,
  CapacitySnapshot,
  CutoverState,
  CutoverStateJson,
  Phase,
  Revisions,
} from './run-state.ts';
import type { RuleWeights } from './split.ts';
import type { Steering } from './steering.ts';

export interface TargetHealthCounts {
  readonly healthy: number;
  readonly unhealthy: number;
  /** Registered, in any state but draining. */
  readonly registered: number;
}

export interface Ingress {
  /** The live forward action of every rule that the cutover owns. */
  read(): Promise<RuleWeights[]>;
  /** Replaces one rule's forward action. Idempotent. */
  write(rule: RuleWeights): Promise<void>;
  health(role: GroupRole): Promise<TargetHealthCounts>;
}

/** Instants are milliseconds since the epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Metrics {
  /**
   * Both sides' counts minute by minute, complete minutes only; a minute for which the metric store has nothing is a gap
   * (null), except where AWS documents that an absent error count means zero.
   */
  minutes(range: TimeRange, latencyBudgetMs: number): Promise<MinuteEvidence[]>;
  /** The stable side alone over the range; null when there is no data at all. */
  baseline(range: TimeRange, latencyBudgetMs: number): Promise<BaselineSummary | null>;
}

/** Evidence of the user's own, from wherever the plan says. */
export interface PlanMetrics {
  /**
   * Both sides of each metric, minute by minute, complete minutes only. Never rejects for a source: what fails, hangs or
   * answers nonsense is the `trouble` of its metric, and the minutes that can be believed are there.
   */
  minutes(metrics: readonly PlanMetric[], range: TimeRange): Promise<MetricEvidence[]>;
  /** The stable side over the range, by the metric's name; a sentence in place of a metric that has no data. */
  baseline(
    metrics: readonly PlanMetric[],
    range: TimeRange,
  ): Promise<Readonly<Record<string, MetricBaseline | string>>>;
}

/** The step that hooks are asked about. */
export interface HookStep {
  readonly cutoverId: CutoverId;
  /** Percent of the requests that the candidate answers at the stage. */
  readonly percent: number;
}

/** Hooks of the plan. */
export interface Hooks {
  /** One answer for each; never rejects: what does not answer votes as the plan says. */
  ask(hooks: Plan['hooks'], step: HookStep): Promise<HookAnswer[]>;
}

/** Which code each side runs now. */
export interface RevisionReader {
  read(): Promise<Revisions>;
}

export interface AlarmReading {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly actionsEnabled: boolean;
  /** What keeps its actions back now: mute rules that are active, a composite alarm's suppressor. Empty: nothing does. */
  readonly mutedBy: readonly string[];
}

export interface Alarms {
  /** Readings of the named alarms; a name without an alarm is missing from the answer. */
  read(names: readonly string[]): Promise<AlarmReading[]>;
  /** Tells an alarm to go red; a metric alarm takes it back at its next evaluation. */
  trip(name: string, reason: string): Promise<void>;
}

/** Which run a writer believes it is. */
export interface RunRef {
  readonly ingressId: IngressId;
  readonly generation: Generation;
}

export interface Claim {
  readonly ingressId: IngressId;
  readonly cutoverId: CutoverId;
  readonly executionArn: string;
  readonly at: string;
  readonly intent: Intent;
  readonly heartbeatDueAt: string;
  readonly drill: Drill | null;
  readonly startedBy: string | null;
  readonly stableGroup: TargetGroupArn | null;
}

export interface FenceRequest {
  readonly trigger: Trigger;
  readonly reason: string;
  readonly by: string;
  readonly at: string;
  /** The run that the trigger speaks of. @default the one that owns the ingress */
  readonly scope?: TriggerScope | undefined;
}

/**
 * `fenced`: this call moved the generation. `already`: somebody else had. `none`: no run owns the ingress. `not_concerned`: a run
 * owns it, but the trigger speaks of another one.
 */
export type FenceResult =
  | { readonly outcome: 'fenced' | 'already'; readonly item: Lease }
  | { readonly outcome: 'not_concerned'; readonly item: Lease }
  | { readonly outcome: 'none'; readonly item: Lease | null };

export interface Progress {
  readonly phase: Phase;
  readonly stage: number;
  readonly heartbeatDueAt: string;
}

/**
 * Who owns an ingress: one item, whose generation is the fencing token. All writes are conditional; those that take a {@link RunRef}
 * throw `FencedError` when the run no longer owns the ingress.
 */
export interface Leases {
  /** Strongly consistent. */
  read(ingressId: IngressId): Promise<Lease | null>;
  /** Takes the ingress for a new generation, also after a completed one. @throws RefusedError while another run owns it or is being rolled back. */
  claim(claim: Claim): Promise<Lease>;
  recordIntent(ref: RunRef, intent: Intent, progress: Progress): Promise<void>;
  /** Replaces the intent `expected` by `intent` and changes nothing else. @throws SupersededError if the lease has another intent */
  replaceIntent(ref: RunRef, intent: Intent, expected: Intent): Promise<void>;
  /** @throws SupersededError when another intent of the same run stands there by now. */
  confirmIntent(ref: RunRef, intent: Intent): Promise<void>;
  /** Notes progress and by when to expect the next. */
  heartbeat(ref: RunRef, progress: Progress): Promise<void>;
  /** Notes the snapshot, or that the stable side is about to be scaled down. */
  recordCapacity(ref: RunRef, capacity: CapacitySnapshot, stable: 'full' | 'reduced'): Promise<void>;
  /** Notes how many tasks the stable side is about to want, which from then on has to be scaled up before it gets weight. */
  recordTasks(ref: RunRef, tasks: TasksIntent): Promise<void>;
  /** @throws SupersededError when another step of the same run stands there by now. */
  confirmTasks(ref: RunRef, tasks: TasksIntent): Promise<void>;
  /** The fence: generation + 1 and `rolling_back`, at once and idempotently. */
  fence(ingressId: IngressId, request: FenceRequest): Promise<FenceResult>;
  /** `rolling_back` → `rolled_back`, at the fenced generation. True for the one call that confirmed it, which then tells people; until it has, the lease says that they have to be told. */
  confirmRollback(ref: RunRef, at: string): Promise<boolean>;
  /** Notes who still has to be told that the rollback has this status. A status that has passed meanwhile is left alone. */
  recordTold(ref: RunRef, status: 'rolling_back' | 'rolled_back', owed: readonly Tidings[]): Promise<void>;
  /** Notes once that the traffic's return was verified by counts. */
  verifyRollback(ref: RunRef, at: string): Promise<void>;
  /** Notes that the stable side's capacity is as the snapshot has it, and that nobody changes it any more. */
  confirmCapacity(ref: RunRef, at: string): Promise<void>;
  /**
   * Notes the end of a cutover, with its last intent where a restored lease has lost it. Only the generation is compared: where its run
   * is known to have completed, a lease that says otherwise is wrong.
   */
  complete(ref: RunRef, intent?: Intent): Promise<void>;
  /** Notes when the run's drill tripped its alarm. */
  recordTrip(ref: RunRef, drill: Drill): Promise<void>;
  /**
   * Replaces the steering that was read by `steering`, if the lease is still in that phase and stage.
   * @throws SupersededError when it has moved on, or somebody else steered it
   */
  steer(lease: Lease, steering: Steering): Promise<void>;
}

/** What was decided in each run of one ingress, by whom or by which figure. Entries are never rewritten. */
export interface DecisionLog {
  append(cutoverId: CutoverId, entry: LogEntry): Promise<void>;
  /** Oldest first. */
  entries(cutoverId: CutoverId): Promise<LogEntry[]>;
}

/** What the newest drill of one ingress has shown. */
export interface Drills {
  keep(record: DrillRecord): Promise<void>;
  last(): Promise<DrillRecord | null>;
}

/** `succeeded`: its cutover is complete. `ended`: any other end, and an execution that does not exist. */
export type ExecutionState = 'running' | 'succeeded' | 'ended';

export interface Executions {
  stateOf(executionArn: string): Promise<ExecutionState>;
  /** Stopping a stopped execution is no error. */
  stop(executionArn: string, reason: string): Promise<void>;
}

export interface Capacity {
  snapshot(): Promise<CapacitySnapshot>;
  /** Suspends scale-in of the stable side and holds its minimum at what runs now. */
  pin(snapshot: CapacitySnapshot): Promise<void>;
  /** Sets the stable side's task count. */
  scaleStable(desired: number): Promise<void>;
  /** Gives scaling back as the snapshot found it. */
  release(snapshot: CapacitySnapshot): Promise<void>;
}

export interface ParityVerdict {
  readonly status: 'clean' | 'dirty' | 'insufficient';
  /** One sentence per route that is not clean; empty when all are. */
  readonly reasons: readonly string[];
  readonly pairs: number;
  readonly routes: number;
}

export interface Parity {
  judge(cutoverId: CutoverId, plan: CutoverState['plan']): Promise<ParityVerdict>;
}

/** What a notice is about (core/status/status-event.ts says what each means). */
export const NOTICE_KINDS = [
  'phase',
  'decision',
  'signoff',
  'refused',
  'rollback',
  'waiting',
  'verified',
  'warning',
  'completed',
] as const;

export interface Notice {
  readonly kind: (typeof NOTICE_KINDS)[number];
  /** Null where no run is known. */
  readonly cutoverId: CutoverId | null;
  readonly subject: string;
  readonly body: string;
  /** What people have to do now, in a sentence. */
  readonly todo?: string;
  /** Such as `stage 10 %`. */
  readonly phase?: string;
  readonly candidatePercent?: number;
  readonly signoff?: {
    readonly kind: ApprovalRequest['kind'];
    readonly expiresAt: string;
    readonly evidence: string;
    /** Command lines. */
    readonly approve: string;
    readonly refuse: string;
  };
}

export interface Notifier {
  /** A `decision` is for machines alone: one every minute would bury what people must read. */
  publish(notice: Notice): Promise<void>;
}

export interface ApprovalRequest {
  readonly cutoverId: CutoverId;
  readonly kind: 'shadow' | 'final';
  readonly token: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly evidence: string;
  /** The run as it was when it asked, as its tasks pass it on; absent where an earlier version asked. */
  readonly state?: CutoverStateJson | undefined;
  /** Persons who have approved, each by the IAM identity, while more are wanted. */
  readonly agreed: readonly { readonly by: string; readonly comment: string }[];
  /** The answer that ended it; null while it is open, or where an earlier version asked. */
  readonly answered: { readonly answer: 'approve' | 'refuse'; readonly by: string; readonly at: string } | null;
}

export interface Approvals {
  open(request: Omit<ApprovalRequest, 'agreed' | 'answered'>): Promise<void>;
  /** The newest request of the run, answered or not. */
  newest(cutoverId: CutoverId): Promise<ApprovalRequest | null>;
  /** Notes one person's approval, while the request is open. @returns the request after it @throws SupersededError */
  agree(request: ApprovalRequest, person: ApprovalRequest['agreed'][number]): Promise<ApprovalRequest>;
  /** Notes the answer that was given. */
  close(request: ApprovalRequest, answered: NonNullable<ApprovalRequest['answered']>): Promise<void>;
}

export interface Exercise {
  /** Starts load and chaos against the mirror; returns at once. Idempotent per cutover. */
  start(cutoverId: CutoverId, seconds: number): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
}
