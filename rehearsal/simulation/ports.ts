/** The ports of one invocation on a {@link Site}. Each call passes through the invocation, which decides its fate. */
import * as z from 'zod';
import { ANY_REQUEST, type ListenerRule } from '../../core/listener/index.ts';
import {
  type ApprovalRequest,
  type Capacity,
  type CarriedSnapshot,
  capacitySnapshotSchema,
  type DrillRecord,
  type Leases,
  type LogEntry,
  type Notice,
  toIso,
} from '../../core/model/index.ts';
import type { Deps } from '../../lambdas/tasks/index.ts';
import type { Invocation } from './functions.ts';
import type { SimulatedMachine } from './interpreter.ts';
import type { Step } from './scenario/index.ts';
import type { Site } from './site/index.ts';

/** What leaves an ingress, or is stored next to its lease. */
export interface Outside {
  readonly machine: SimulatedMachine;
  /** By how many seconds the clock of the invocation's machine is ahead. */
  skewOf(invocation: Invocation): number;
  /** Called with every text that a person or a log receives. */
  published(text: string): void;
  notified(notice: Notice): void;
  logged(cutoverId: string, entry: LogEntry): void;
  logOf(cutoverId: string): readonly LogEntry[];
  asked(request: ApprovalRequest): void;
  /** The open sign-off of a run on this ingress. */
  pending(cutoverId: string): ApprovalRequest | null;
  /** Called when one more person has approved it. */
  agreed(cutoverId: string, person: ApprovalRequest['agreed'][number]): ApprovalRequest | null;
  tripped(alarm: string): void;
  wrote(invocation: Invocation): void;
  takesTasks(invocation: Invocation): void;
  fenced(invocation: Invocation, owner: string, asked: { readonly reason: string; readonly by: string }): void;
  /** Whether people are to be told of it once more. */
  reminded(about: string, now: number): boolean;
  lastDrill: DrillRecord | null;
}

export function portsOf(invocation: Invocation, site: Site, outside: Outside, now: () => number): Deps {
  const { deployment } = site;
  const call = invocation.call.bind(invocation);
  return {
    deployment,
    clock: {
      now: () => now() + outside.skewOf(invocation) * 1000,
      sleep: (ms) => invocation.sleep(ms),
    },
    ingress: {
      read: () =>
        call(
          'ingress.read',
          () => [...site.readings.of(site.live, now())],
          () => [...site.before],
        ),
      write: (rule, purpose) =>
        call('ingress.write', () => {
          site.writeRule(structuredClone(rule), purpose);
          outside.wrote(invocation);
        }),
      health: (role) => call('ingress.health', () => site.health(role)),
    },
    surroundings: {
      read: () => call('surroundings.read', () => ({ listeners: [], groups: [], tags: [], services: [] })),
      rules: () => call('surroundings.rules', () => [othersOf(site)]),
    },
    ledger: ledgerOf(invocation, site, outside),
    decisionLog: {
      append: (id, entry) => call('log.append', () => outside.logged(id, entry)),
      entries: async (id) => [...outside.logOf(id)],
    },
    drills: {
      keep: (record) =>
        call('drills.keep', () => {
          outside.lastDrill = record;
        }),
      last: () => call('drills.last', () => outside.lastDrill),
    },
    reminders: { due: (about, now) => call('reminders.due', () => outside.reminded(about, now)) },
    executions: {
      stateOf: (arn) =>
        call('executions.stateOf', () => {
          const status = outside.machine.executions.get(arn)?.status;
          return status === 'RUNNING' ? 'running' : status === 'SUCCEEDED' ? 'succeeded' : 'ended';
        }),
      stop: (arn, reason) => call('executions.stop', () => outside.machine.stop(arn, 'Crossfade.RolledBack', reason)),
      carried: (since) => call('executions.carried', () => carriedBy(outside.machine, since)),
    },
    capacity: capacityOf(invocation, site, outside),
    metrics: {
      minutes: ({ from, to }) => call('metrics.minutes', () => site.minutes(from, to)),
      baseline: () => call('metrics.baseline', () => site.baseline()),
    },
    hooks: { ask: async () => [] },
    revisions: { read: async () => ({ stable: null, candidate: null }) },
    planMetrics: { minutes: async () => [], baseline: async () => ({}) },
    alarms: {
      read: (names) => call('alarms.read', () => names.flatMap((name) => site.alarms.get(name) ?? [])),
      trip: (name) => call('alarms.trip', () => outside.tripped(name)),
    },
    parity: {
      judge: () => call('parity.judge', () => ({ status: 'clean' as const, reasons: [], pairs: 10_000, routes: 3 })),
    },
    notifier: {
      publish: (notice) => call('notifier.publish', () => outside.notified(notice)),
    },
    approvals: {
      open: (request) => call('approvals.open', () => outside.asked({ ...request, agreed: [], answered: null })),
      newest: async (cutoverId) => outside.pending(cutoverId),
      agree: async (request, person) => outside.agreed(request.cutoverId, person) ?? request,
      close: async () => {},
    },
    exercise: { start: () => call('exercise.start', () => undefined) },
    emit: (values, properties) => outside.published(JSON.stringify({ at: toIso(now()), ...values, ...properties })),
  };
}

/** The snapshot in the history of the newest run. Starts that were refused have none. */
function carriedBy({ executions }: SimulatedMachine, since: number): CarriedSnapshot | null {
  for (const { arn, status, endedAt, at } of [...executions.values()].reverse()) {
    if (status === 'SUCCEEDED' || (endedAt !== null && endedAt < since)) return null;
    const { capacity, phase } = carrying.parse(at.input);
    if (capacity != null) return { executionArn: arn, capacity, phase };
    if (status !== 'FAILED') return null;
  }
  return null;
}

const carrying = z.object({ capacity: capacitySnapshotSchema.nullish(), phase: z.string().default('') });

/** Foreign rules on the listener. */
function othersOf({ name, thief, deployment }: Site): readonly ListenerRule[] {
  if (thief === null) return [];
  const conditions = { ...ANY_REQUEST, headers: [{ name: 'x-half', values: ['*'] }] };
  const forwards = new Map([[deployment.targetGroups[thief.group].arn, 100]]);
  const rule = { guards: [], stickySeconds: null, rewrites: false, forwards, conditions };
  return [{ arn: `arn:rule/${name}/thief`, priority: 1, ...rule }];
}

/** Uses the real adapter; each of its requests may be given a fate. */
function ledgerOf(invocation: Invocation, { lease }: Site, outside: Outside): Leases {
  const call = invocation.call.bind(invocation);
  const asked = <T>(step: Step, ask: (leases: Leases) => Promise<T>): Promise<T> =>
    lease.as((effect) => call(step, effect), ask);
  return {
    read: (id) => asked('ledger.read', (leases) => leases.read(id)),
    claim: (claim) => asked('ledger.claim', (leases) => leases.claim(claim)),
    recordIntent: (...args) => asked('ledger.recordIntent', (leases) => leases.recordIntent(...args)),
    replaceIntent: (...args) => asked('ledger.replaceIntent', (leases) => leases.replaceIntent(...args)),
    confirmIntent: (...args) => asked('ledger.confirmIntent', (leases) => leases.confirmIntent(...args)),
    heartbeat: (...args) => asked('ledger.heartbeat', (leases) => leases.heartbeat(...args)),
    recordCapacity: (...args) => asked('ledger.recordCapacity', (leases) => leases.recordCapacity(...args)),
    recordTasks: (...args) => asked('ledger.recordTasks', (leases) => leases.recordTasks(...args)),
    confirmTasks: (...args) => asked('ledger.confirmTasks', (leases) => leases.confirmTasks(...args)),
    recordTold: (...args) => asked('ledger.recordTold', (leases) => leases.recordTold(...args)),
    fence: (id, request) =>
      lease.as(
        (effect) =>
          call('ledger.fence', () => {
            const before = lease.item;
            const result = effect();
            if (before !== null && lease.item?.generation !== before.generation)
              outside.fenced(invocation, before.executionArn, request);
            return result;
          }),
        (leases) => leases.fence(id, request),
      ),
    confirmRollback: (...args) => asked('ledger.confirmRollback', (leases) => leases.confirmRollback(...args)),
    verifyRollback: (...args) => asked('ledger.verifyRollback', (leases) => leases.verifyRollback(...args)),
    confirmCapacity: (...args) => asked('ledger.confirmCapacity', (leases) => leases.confirmCapacity(...args)),
    complete: (...args) => asked('ledger.complete', (leases) => leases.complete(...args)),
    steer: (...args) => asked('ledger.steer', (leases) => leases.steer(...args)),
    recordTrip: (...args) => asked('ledger.recordTrip', (leases) => leases.recordTrip(...args)),
  };
}

function capacityOf(invocation: Invocation, site: Site, outside: Outside): Capacity {
  const call = invocation.call.bind(invocation);
  return {
    snapshot: () => call('capacity.snapshot', () => site.capacity()),
    pin: ({ desired, scaling }) =>
      call('capacity.pin', () => {
        if (scaling === null) return;
        const held = { min: Math.max(scaling.min, desired), max: Math.max(scaling.max, desired) };
        site.setCapacity(site.desired, { ...held, suspended: true, scheduledSuspended: true });
      }),
    scaleStable: (desired) =>
      call('capacity.scaleStable', () => {
        if (desired < site.desired) outside.takesTasks(invocation);
        const held = { min: desired, max: Math.max(site.scaling.max, desired) };
        site.setCapacity(desired, { ...held, suspended: true, scheduledSuspended: true });
      }),
    release: ({ scaling }) =>
      call('capacity.release', () => {
        if (scaling !== null) site.setCapacity(site.desired, { ...scaling });
      }),
  };
}
