/**
 * The ports: everything the core wants from the world. AWS adapters are in `lambdas/aws/`; the rehearsal runs those
 * same adapters against a local cloud; tests use in-memory ones. One contract suite runs against all (test/contract).
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
  /** Registered in any state except draining. */
  readonly registered: number;
}

export interface Ingress {
  /** The live forward action of every rule that the cutover owns. */
  read(): Promise<RuleWeights[]>;
  /**
   * Replaces one rule's forward action. Idempotent.
   * @param purpose a return must succeed, so it also takes the nearest form that the load balancer accepts (ADR 100)
   */
  write(rule: RuleWeights, purpose?: 'return'): Promise<void>;
  health(role: GroupRole): Promise<TargetHealthCounts>;
}

/** Instants are milliseconds since the epoch. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

export interface Metrics {
  /**
   * Counts of both sides minute by minute, for complete minutes only. A minute without data is a gap (null), except
   * where AWS documents that an absent error count means zero.
   */
  minutes(range: TimeRange, latencyBudgetMs: number): Promise<MinuteEvidence[]>;
  /** Stable over the range; null if there is no data at all. */
  baseline(range: TimeRange, latencyBudgetMs: number): Promise<BaselineSummary | null>;
}

/** Reads the plan's own metrics, from wherever the plan says. */
export interface PlanMetrics {
  /**
   * Both sides of each metric minute by minute, for complete minutes only. Never rejects because of a source: a
   * failure, a timeout or an implausible answer becomes the `trouble` of its metric, with the minutes that are
   * plausible.
   */
  minutes(metrics: readonly PlanMetric[], range: TimeRange): Promise<MetricEvidence[]>;
  /** Stable over the range, by metric name; a sentence for a metric without data. */
  baseline(
    metrics: readonly PlanMetric[],
    range: TimeRange,
  ): Promise<Readonly<Record<string, MetricBaseline | string>>>;
}

/** The step about which hooks are called. */
export interface HookStep {
  readonly cutoverId: CutoverId;
  /** Percentage of the requests that the candidate answers in the stage. */
  readonly percent: number;
}

/** Calls the hooks of the plan. */
export interface Hooks {
  /** Returns one answer for each hook and never rejects: a hook that does not answer counts as the plan says. */
  ask(hooks: Plan['hooks'], step: HookStep): Promise<HookAnswer[]>;
}

/** Reads which code each side runs now. */
export interface RevisionReader {
  read(): Promise<Revisions>;
}

export interface AlarmReading {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly actionsEnabled: boolean;
  /** What suppresses its actions now: active mute rules, or a composite alarm's suppressor. Empty if nothing does. */
  readonly mutedBy: readonly string[];
}

export interface Alarms {
  /** Readings of the named alarms. A name without an alarm is missing from the answer. */
  read(names: readonly string[]): Promise<AlarmReading[]>;
  /** Sets an alarm to ALARM; a metric alarm reverts at its next evaluation. */
  trip(name: string, reason: string): Promise<void>;
}

/** The run that a writer believes it belongs to. */
export interface RunRef {
  readonly ingressId: IngressId;
  readonly generation: Generation;
  /** If the table was lost or restored, another run may have the same generation. */
  readonly executionArn: string;
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
  /** The run to which the trigger refers. @default the one that owns the ingress */
  readonly scope?: TriggerScope | undefined;
}

/**
 * `fenced`: this call increased the generation. `already`: another call had. `none`: no run owns the ingress.
 * `not_concerned`: a run owns it, but the trigger refers to another one.
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
 * Who owns an ingress: one item, whose generation is the fencing token. All writes are conditional. Those that take a
 * {@link RunRef} throw `FencedError` if the run no longer owns the ingress.
 */
export interface Leases {
  /** Strongly consistent. */
  read(ingressId: IngressId): Promise<Lease | null>;
  /**
   * Takes the ingress with a new generation, also after a completed run.
   * @throws RefusedError while another run owns it or is being rolled back
   */
  claim(claim: Claim): Promise<Lease>;
  recordIntent(ref: RunRef, intent: Intent, progress: Progress): Promise<void>;
  /**
   * Replaces the intent `expected` by `intent`, and nothing else.
   * @throws SupersededError if the lease has another intent
   */
  replaceIntent(ref: RunRef, intent: Intent, expected: Intent): Promise<void>;
  /** @throws SupersededError if another intent of the same run has replaced it */
  confirmIntent(ref: RunRef, intent: Intent): Promise<void>;
  /** Records progress, and when to expect the next report. */
  heartbeat(ref: RunRef, progress: Progress): Promise<void>;
  /** Records the snapshot, or that stable is about to be scaled down. */
  recordCapacity(ref: RunRef, capacity: CapacitySnapshot, stable: 'full' | 'reduced'): Promise<void>;
  /** Records how many tasks stable is about to have. From then on it must be scaled up before it receives weight. */
  recordTasks(ref: RunRef, tasks: TasksIntent): Promise<void>;
  /** @throws SupersededError if another step of the same run has replaced it */
  confirmTasks(ref: RunRef, tasks: TasksIntent): Promise<void>;
  /** The fence: sets generation + 1 and `rolling_back` atomically and idempotently. */
  fence(ingressId: IngressId, request: FenceRequest): Promise<FenceResult>;
  /**
   * `rolling_back` → `rolled_back`, at the fenced generation. Returns true for the one call that confirmed it, which
   * then sends the notifications; until it has, the lease records that they are due.
   */
  confirmRollback(ref: RunRef & Partial<Pick<Lease, 'rollback'>>, at: string): Promise<boolean>;
  /**
   * Records which notifications about this status are still due. If the status has changed meanwhile, nothing is
   * recorded.
   */
  recordTold(ref: RunRef, status: 'rolling_back' | 'rolled_back', owed: readonly Tidings[]): Promise<void>;
  /** Records once that counts have verified the rollback. */
  verifyRollback(ref: RunRef, at: string): Promise<void>;
  /** Records that stable's capacity equals the snapshot, and that nobody changes it any more. */
  confirmCapacity(ref: RunRef, at: string): Promise<void>;
  /**
   * Records the end of a cutover, with its last intent if a restored lease has lost it. The status is not
   * compared: if the run is known to have completed, a lease that says otherwise is wrong.
   */
  complete(ref: RunRef, intent?: Intent): Promise<void>;
  /** Records when the run's drill triggered its alarm. */
  recordTrip(ref: RunRef, drill: Drill): Promise<void>;
  /**
   * Replaces the steering that was read by `steering`, if the lease is still in that phase and stage.
   * @throws SupersededError if it has moved on, or somebody else has steered it
   */
  steer(lease: Lease, steering: Steering): Promise<void>;
}

/** The decisions of each run of one ingress, with who or which figure caused them. Entries are never rewritten. */
export interface DecisionLog {
  append(cutoverId: CutoverId, entry: LogEntry): Promise<void>;
  /** Oldest first. */
  entries(cutoverId: CutoverId): Promise<LogEntry[]>;
}

/** What people were told of lately, so that a lasting trouble is told at once, and then every ten minutes. */
export interface Reminders {
  /**
   * Whether people are to be told of it at `now` (milliseconds since the epoch); if so, not again for ten minutes.
   * @param about one trouble of the ingress; another one is told for itself
   */
  due(about: string, now: number): Promise<boolean>;
}

/** The result of the latest drill of one ingress. */
export interface Drills {
  keep(record: DrillRecord): Promise<void>;
  last(): Promise<DrillRecord | null>;
}

/** `succeeded`: its cutover is complete. `ended`: any other end, or an execution that does not exist. */
export type ExecutionState = 'running' | 'succeeded' | 'ended';

export interface Executions {
  stateOf(executionArn: string): Promise<ExecutionState>;
  /** Stopping a stopped execution is not an error. */
  stop(executionArn: string, reason: string): Promise<void>;
  /**
   * The snapshot of stable that the newest run carries, by the history of its execution, which outlives the ledger. null
   * if that run has succeeded, has ended before `since` (milliseconds), or has taken none.
   */
  carried(since: number): Promise<CarriedSnapshot | null>;
}

/** What an execution carries about stable. */
export interface CarriedSnapshot {
  readonly executionArn: string;
  readonly capacity: CapacitySnapshot;
  readonly phase: string;
}

export interface Capacity {
  snapshot(): Promise<CapacitySnapshot>;
  /** Suspends scale-in of stable and sets its minimum to the present number of tasks. */
  pin(snapshot: CapacitySnapshot): Promise<void>;
  /** Sets stable's desired count. */
  scaleStable(desired: number): Promise<void>;
  /** Restores scaling as the snapshot has it. */
  release(snapshot: CapacitySnapshot): Promise<void>;
}

export interface ParityVerdict {
  readonly status: 'clean' | 'dirty' | 'insufficient';
  /** One sentence for each route that is not clean; empty if all are. */
  readonly reasons: readonly string[];
  readonly pairs: number;
  readonly routes: number;
}

export interface Parity {
  /** Judges the captures of the run since it began, or since a side was deployed anew. */
  judge(run: Pick<CutoverState, 'cutoverId' | 'plan' | 'revisedAt'>): Promise<ParityVerdict>;
}

/** What a notice is about (core/status/status-event.ts explains each). */
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
  /** null if no run is known. */
  readonly cutoverId: CutoverId | null;
  readonly subject: string;
  readonly body: string;
  /** What people have to do now, in one sentence. */
  readonly todo?: string;
  /** For example `stage 10 %`. */
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
  /** A `decision` is for machines only: a message every minute would bury those that people must read. */
  publish(notice: Notice): Promise<void>;
}

export interface ApprovalRequest {
  readonly cutoverId: CutoverId;
  readonly kind: 'shadow' | 'final';
  readonly token: string;
  readonly askedAt: string;
  readonly expiresAt: string;
  readonly evidence: string;
  /** The run as it was when it asked, as its tasks pass it on; absent if an earlier version asked. */
  readonly state?: CutoverStateJson | undefined;
  /** People who have approved, each with their IAM identity, while more are required. */
  readonly agreed: readonly { readonly by: string; readonly comment: string }[];
  /** The answer that closed it; null while it is open, or if an earlier version asked. */
  readonly answered: { readonly answer: 'approve' | 'refuse'; readonly by: string; readonly at: string } | null;
}

export interface Approvals {
  open(request: Omit<ApprovalRequest, 'agreed' | 'answered'>): Promise<void>;
  /** The latest request of the run, answered or not. */
  newest(cutoverId: CutoverId): Promise<ApprovalRequest | null>;
  /** Records one person's approval while the request is open. @returns the updated request @throws SupersededError */
  agree(request: ApprovalRequest, person: ApprovalRequest['agreed'][number]): Promise<ApprovalRequest>;
  /** Records the answer. */
  close(request: ApprovalRequest, answered: NonNullable<ApprovalRequest['answered']>): Promise<void>;
}

export interface Exercise {
  /** Starts load and chaos tests against the mirror and returns at once. Idempotent per cutover. */
  start(cutoverId: CutoverId, seconds: number): Promise<void>;
}

export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Resolves after `ms` milliseconds. */
  sleep(ms: number): Promise<void>;
}
