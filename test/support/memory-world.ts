/**
 * The ports in memory, with the same write conditions as the adapters for DynamoDB and ELBv2. A hook before every write
 * lets a test place a competitor's step or a failure exactly there. Values are replaced and never modified, so a reader
 * keeps what it read.
 */

import type { Surroundings, SurroundingsReading } from '../../core/listener/other-owners.ts';
import type { ListenerRule } from '../../core/listener/shadowed-rules.ts';
import type { Deployment } from '../../core/model/deployment.ts';
import type { DrillRecord } from '../../core/model/drill.ts';
import { FencedError, RefusedError, RuleGoneError, SupersededError } from '../../core/model/errors.ts';
import type { HookAnswer, MetricBaseline, MetricEvidence, MinuteEvidence } from '../../core/model/evidence.ts';
import { cutoverIdSchema, generationSchema } from '../../core/model/ids.ts';
import {
  concerns,
  isLeaseOf,
  type Lease,
  type LogEntry,
  REMINDED_AFTER_MS,
  sameIntent,
  TIDINGS,
} from '../../core/model/lease.ts';
import type {
  AlarmReading,
  Alarms,
  ApprovalRequest,
  Approvals,
  Capacity,
  CarriedSnapshot,
  Clock,
  DecisionLog,
  Drills,
  Executions,
  Exercise,
  Hooks,
  Ingress,
  Leases,
  Metrics,
  Notice,
  Notifier,
  Parity,
  ParityVerdict,
  PlanMetrics,
  Reminders,
  RevisionReader,
  RunRef,
  TargetHealthCounts,
} from '../../core/model/ports.ts';
import type { BaselineSummary, CapacitySnapshot, Revisions } from '../../core/model/run-state.ts';
import { type RuleWeights, SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { UNSTEERED } from '../../core/model/steering.ts';
import { baselineSummary } from './baseline.ts';
import { DEPLOYMENT } from './deployment.ts';

export const START = Date.UTC(2026, 10, 24, 8);
export const EXECUTION = 'arn:execution:one';
export const CUTOVER = cutoverIdSchema.parse('one');

export class MemoryWorld {
  readonly deployment: Deployment;
  /** The ledger's leases by ingress. Worlds of several ingresses may share one table. */
  readonly table: Map<string, Lease>;
  now = START;
  live: RuleWeights[];
  /** Rules that a person has deleted. */
  readonly gone = new Set<string>();
  /** What readings of the listener return instead, as from a replica that lags; null if they are current. */
  stale: RuleWeights[] | null = null;
  readonly log: LogEntry[] = [];
  readonly notices: Notice[] = [];
  readonly emitted: Readonly<Record<string, number>>[] = [];
  readonly approvalRequests: ApprovalRequest[] = [];
  readonly stopped: string[] = [];
  readonly running = new Set([EXECUTION]);
  readonly succeeded = new Set<string>();
  /** What the history of the newest execution carries. */
  carried: CarriedSnapshot | null = null;
  readonly exercised: string[] = [];
  readonly tripped: string[] = [];
  drill: DrillRecord | null = null;
  stableTasks = {
    desired: 2,
    running: 2,
    scaling: { min: 2, max: 10, suspended: false, scheduledSuspended: false },
  } as CapacitySnapshot;
  healthy: Record<string, TargetHealthCounts> = {};
  alarmReadings: AlarmReading[] = [...DEPLOYMENT.rollbackAlarms, ...DEPLOYMENT.shadowAlarms].map((name) => ({
    name,
    state: 'OK',
    actionsEnabled: true,
    mutedBy: [],
  }));
  minuteEvidence: MinuteEvidence[] = [];
  /** Evidence of the plan's own metrics. */
  metricEvidence: MetricEvidence[] = [];
  metricBaseline: Readonly<Record<string, MetricBaseline | string>> = {};
  baselineSummary: BaselineSummary | null = baselineSummary();
  parityVerdict: ParityVerdict = { status: 'clean', reasons: [], pairs: 10_000, routes: 3 };
  /** Called with the name of the step before every write. May throw, or change the world. */
  before: (step: string) => void | Promise<void> = () => {};
  /** Called with the name of the step after a write has taken effect. Throwing loses the answer. */
  after: (step: string) => void = () => {};

  constructor(deployment: Deployment = DEPLOYMENT, table = new Map<string, Lease>()) {
    this.deployment = deployment;
    this.table = table;
    this.live = weightsFor(deployment, SAFE_SPLIT);
  }

  get item(): Lease | null {
    return this.table.get(this.deployment.ingressId) ?? null;
  }

  set item(lease: Lease | null) {
    if (lease === null) this.table.delete(this.deployment.ingressId);
    else this.table.set(this.deployment.ingressId, lease);
  }

  /** Throws for other ingresses: no test asks for their leases. */
  #own(ingressId: string): Lease | null {
    if (ingressId !== this.deployment.ingressId)
      throw new RangeError(`${ingressId} is not ${this.deployment.ingressId}`);
    return this.item;
  }

  async #write<T>(step: string, effect: () => T): Promise<T> {
    await this.before(step);
    const result = effect();
    this.after(step);
    return result;
  }

  readonly clock: Clock = {
    now: () => this.now,
    sleep: async (ms) => {
      this.now += ms;
    },
  };

  readonly ingress: Ingress = {
    read: async () =>
      this.stale ??
      this.live.map((rule) => (this.gone.has(rule.ruleArn) ? { ...rule, groups: [], absent: 'gone' as const } : rule)),
    write: (rule) =>
      this.#write('modifyRule', () => {
        if (this.gone.has(rule.ruleArn)) throw new RuleGoneError(rule.ruleArn);
        this.live = this.live.map((r) => (r.ruleArn === rule.ruleArn ? rule : r));
      }),
    health: async (role) => this.healthy[role] ?? { healthy: 2, unhealthy: 0, registered: 2 },
  };

  readonly #reminded = new Map<string, number>();
  readonly reminders: Reminders = {
    due: (about, now) =>
      this.#write('remind', () => {
        const isDue = now - (this.#reminded.get(about) ?? 0) > REMINDED_AFTER_MS;
        if (isDue) this.#reminded.set(about, now);
        return isDue;
      }),
  };

  /** By default nobody else uses the cutover's resources. */
  around: SurroundingsReading = { listeners: [], groups: [], tags: [], services: [] };
  /** Rules by listener, for tests in which other rules than the cutover's matter. */
  rulesAround: (readonly ListenerRule[])[] = [];
  readonly surroundings: Surroundings = {
    read: async () => structuredClone(this.around),
    rules: async () => this.rulesAround,
  };

  #owned(ref: RunRef): Lease {
    const item = this.#own(ref.ingressId);
    if (!isLeaseOf(item, ref) || item.status !== 'running') throw new FencedError(`generation ${ref.generation}`);
    return item;
  }

  readonly ledger: Leases = {
    read: async (ingressId) => this.#own(ingressId),
    claim: ({ at, ...claim }) =>
      this.#write('claim', () => {
        // The same execution tries again because the first answer was lost.
        const owner = this.#own(claim.ingressId);
        if (owner?.status === 'running' && owner.executionArn === claim.executionArn) return owner;
        if (owner?.status === 'running' || owner?.status === 'rolling_back') throw new RefusedError(['owned']);
        const claimed: Lease = {
          ...claim,
          startedAt: at,
          generation: generationSchema.parse((owner?.generation ?? 0) + 1),
          status: 'running',
          phase: 'preflight',
          stage: -1,
          capacity: null,
          stableCapacity: 'full',
          tasks: null,
          rollback: null,
          steering: UNSTEERED,
        };
        this.item = claimed;
        return claimed;
      }),
    recordIntent: (ref, intent, progress) =>
      this.#write('recordIntent', () => {
        this.item = { ...this.#owned(ref), intent, ...progress };
      }),
    replaceIntent: (ref, intent, expected) =>
      this.#write('recordIntent', () => {
        const item = this.#owned(ref);
        if (!sameIntent(item.intent, expected)) throw new SupersededError(item.intent.at);
        this.item = { ...item, intent };
      }),
    confirmIntent: (ref, intent) =>
      this.#write('confirmIntent', () => {
        const item = this.#owned(ref);
        if (!sameIntent(item.intent, intent)) throw new SupersededError(item.intent.at);
        this.item = { ...item, intent: { ...item.intent, confirmed: true } };
      }),
    heartbeat: (ref, progress) =>
      this.#write('heartbeat', () => {
        this.item = { ...this.#owned(ref), ...progress };
      }),
    recordCapacity: (ref, capacity, stableCapacity) =>
      this.#write('recordCapacity', () => {
        this.item = { ...this.#owned(ref), capacity, stableCapacity };
      }),
    recordTasks: (ref, tasks) =>
      this.#write('recordTasks', () => {
        this.item = { ...this.#owned(ref), tasks, stableCapacity: 'reduced' };
      }),
    confirmTasks: (ref, { at }) =>
      this.#write('confirmTasks', () => {
        const item = this.#owned(ref);
        if (item.tasks?.at !== at) throw new SupersededError(item.tasks?.at ?? 'never');
        this.item = { ...item, tasks: { ...item.tasks, confirmed: true } };
      }),
    fence: (ingressId, { trigger, reason, by, at, scope }) =>
      this.#write('fence', () => {
        const owner = this.#own(ingressId);
        if (owner === null || owner.status === 'completed') return { outcome: 'none' as const, item: owner };
        if (!concerns(owner, scope) && !(scope?.kind === 'unchanged' && owner.status !== 'running'))
          return { outcome: 'not_concerned' as const, item: owner };
        if (owner.status !== 'running') return { outcome: 'already' as const, item: owner };
        const fenced: Lease = {
          ...owner,
          status: 'rolling_back',
          generation: generationSchema.parse(owner.generation + 1),
          rollback: {
            trigger,
            reason,
            by,
            requestedAt: at,
            confirmedAt: null,
            verifiedAt: null,
            capacityRestoredAt: null,
            owed: [...TIDINGS],
          },
        };
        this.item = fenced;
        return { outcome: 'fenced' as const, item: fenced };
      }),
    confirmRollback: (ref, at) =>
      this.#write('confirmRollback', () => {
        const { item } = this;
        if (!isLeaseOf(item, ref) || item.rollback === null) throw new FencedError('confirm');
        if (item.status !== 'rolling_back') return false;
        this.item = {
          ...item,
          status: 'rolled_back',
          rollback: { ...item.rollback, confirmedAt: at, owed: [...TIDINGS] },
        };
        return true;
      }),
    recordTold: (ref, status, owed) =>
      this.#write('recordTold', () => {
        const { item } = this;
        if (!isLeaseOf(item, ref) || item.rollback === null || item.status !== status) return;
        this.item = { ...item, rollback: { ...item.rollback, owed: [...owed] } };
      }),
    verifyRollback: (ref, at) =>
      this.#write('verifyRollback', () => {
        const { item } = this;
        if (!isLeaseOf(item, ref) || item.rollback === null) throw new FencedError('verify');
        this.item = { ...item, rollback: { ...item.rollback, verifiedAt: at } };
      }),
    confirmCapacity: (ref, at) =>
      this.#write('confirmCapacity', () => {
        const { item } = this;
        if (!isLeaseOf(item, ref) || item.rollback === null) throw new FencedError('capacity');
        this.item = { ...item, rollback: { ...item.rollback, capacityRestoredAt: at } };
      }),
    complete: (ref, intent) =>
      this.#write('complete', () => {
        const { item } = this;
        if (!isLeaseOf(item, ref)) throw new FencedError('complete');
        this.item = { ...item, status: 'completed', phase: 'complete', ...(intent === undefined ? {} : { intent }) };
      }),
    steer: (read, steering) =>
      this.#write('steer', () => {
        const { phase, stage, steering: before } = read;
        const { item } = this;
        if (
          !isLeaseOf(item, read) ||
          item.status !== 'running' ||
          item.phase !== phase ||
          item.stage !== stage ||
          item.steering.rev !== before.rev
        )
          throw new SupersededError(phase);
        this.item = { ...item, steering };
      }),
    recordTrip: (ref, drill) =>
      this.#write('recordTrip', () => {
        this.item = { ...this.#owned(ref), drill };
      }),
  };

  readonly decisionLog: DecisionLog = {
    append: async (_id, entry) => {
      this.log.push(entry);
    },
    entries: async () => [...this.log],
  };

  readonly drills: Drills = {
    keep: (record) =>
      this.#write('keepDrill', () => {
        this.drill = record;
      }),
    last: async () => this.drill,
  };

  readonly executions: Executions = {
    stateOf: async (arn) => (this.running.has(arn) ? 'running' : this.succeeded.has(arn) ? 'succeeded' : 'ended'),
    stop: (arn) =>
      this.#write('stopExecution', () => {
        this.running.delete(arn);
        this.stopped.push(arn);
      }),
    carried: async () => this.carried,
  };

  readonly capacity: Capacity = {
    snapshot: async () => structuredClone(this.stableTasks),
    pin: (s) =>
      this.#write('pin', () => {
        if (s.scaling !== null)
          this.stableTasks = {
            ...this.stableTasks,
            scaling: {
              min: Math.max(s.scaling.min, s.desired),
              max: s.scaling.max,
              suspended: true,
              scheduledSuspended: true,
            },
          };
      }),
    scaleStable: (desired) =>
      this.#write('scaleStable', () => {
        this.stableTasks = { ...this.stableTasks, desired };
      }),
    release: (s) =>
      this.#write('release', () => {
        this.stableTasks = { ...this.stableTasks, scaling: s.scaling };
      }),
  };

  readonly metrics: Metrics = { minutes: async () => this.minuteEvidence, baseline: async () => this.baselineSummary };
  /** Votes of the plan's hooks by name. A hook that is missing here votes `proceed`. */
  hookVotes: Readonly<Record<string, HookAnswer['vote']>> = {};
  readonly hooksAsked: string[] = [];
  readonly hooks: Hooks = {
    ask: async (hooks, { percent }) =>
      hooks.map(({ name }) => {
        this.hooksAsked.push(`${name} at ${percent} %`);
        return { name, vote: this.hookVotes[name] ?? 'proceed', reason: 'said so' };
      }),
  };
  /** The code that each side runs; null if it is not known. */
  sideRevisions: Revisions = { stable: null, candidate: null };
  revisions: RevisionReader = { read: async () => structuredClone(this.sideRevisions) };
  readonly planMetrics: PlanMetrics = {
    minutes: async () => structuredClone(this.metricEvidence),
    baseline: async () => this.metricBaseline,
  };
  readonly alarms: Alarms = {
    read: async (names) => this.alarmReadings.filter((a) => names.includes(a.name)),
    trip: async (name) => {
      this.tripped.push(name);
    },
  };
  readonly parity: Parity = { judge: async () => this.parityVerdict };
  readonly notifier: Notifier = {
    publish: (notice) =>
      this.#write('publish', () => {
        this.notices.push(notice);
      }),
  };
  readonly approvals: Approvals = {
    open: async (request) => {
      this.approvalRequests.push({ ...request, agreed: [], answered: null });
    },
    newest: async () => this.approvalRequests.at(-1) ?? null,
    agree: async (request, person) => {
      const next = { ...request, agreed: [...request.agreed, person] };
      this.approvalRequests.splice(-1, 1, next);
      return next;
    },
    close: async (request, answered) => {
      this.approvalRequests.splice(-1, 1, { ...request, answered });
    },
  };
  readonly exercise: Exercise = {
    start: async (id) => {
      this.exercised.push(id);
    },
  };
  readonly emit = (values: Readonly<Record<string, number>>): void => {
    this.emitted.push(values);
  };

  /** Returns the share of the mirrored rule's weight that the candidate answers, 0 to 1. */
  candidateShare(): number {
    const [mirrored] = this.live;
    const total = mirrored?.groups.reduce((sum, g) => sum + g.weight, 0) ?? 0;
    const part =
      mirrored?.groups
        .filter((g) => g.targetGroupArn === 'tg/candidate' || g.targetGroupArn === 'tg/mirrorReverse')
        .reduce((sum, g) => sum + g.weight, 0) ?? 0;
    return part / total;
  }
}
