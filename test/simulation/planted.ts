/** Faults of the protocol that were once in the code, planted again around today's ports and handlers. */
import { type ApprovalRequest, parseState, type SideCounts, stateToJson } from '../../core/model/index.ts';
import type { Deps } from '../../lambdas/tasks/index.ts';
import { type Handlers, REAL_HANDLERS } from '../../rehearsal/simulation/handlers.ts';
import type { Invariant } from '../../rehearsal/simulation/observer.ts';
import { FIRST_SEED, type SimulatedHandler } from '../../rehearsal/simulation/scenario/index.ts';
import type { SimulationOptions } from '../../rehearsal/simulation/simulation.ts';

export interface Planted extends SimulationOptions {
  readonly what: string;
  /** The invariants that reveal the fault. */
  readonly breaks: readonly Invariant[];
  /** The first seed of the search. @default 1 */
  readonly from?: number;
}

type Wrap = (deps: Deps, handler: SimulatedHandler) => Deps;

const of =
  (handlers: readonly SimulatedHandler[], wrap: (deps: Deps) => Partial<Deps>): Wrap =>
  (deps, handler) =>
    handlers.includes(handler) ? { ...deps, ...wrap(deps) } : deps;

const nothing = async () => {};

const replaced = (handlers: Partial<Handlers>): Handlers => ({ ...REAL_HANDLERS, ...handlers });

/** Each function is called once per simulation, because some faults keep state. */
export const PLANTED: readonly (() => Planted)[] = [
  () => ({
    what: 'requests without an answer count as the candidate’s own beside another service’s 5xx',
    breaks: ['healthy run completes'],
    wrap: of(['watch'], ({ metrics }) => ({
      metrics: {
        ...metrics,
        minutes: async (range, latencyBudgetMs) => {
          const minutes = await metrics.minutes(range, latencyBudgetMs);
          const untold = (side: SideCounts | null) => side && { ...side, answered: undefined };
          return minutes.map((m) => ({ ...m, stable: untold(m.stable), candidate: untold(m.candidate) }));
        },
      },
    })),
  }),
  () => ({
    what: 'the end of a refused start fences the run that owns the ingress',
    breaks: ["another run's event"],
    wrap: of(['rollback'], ({ ledger }) => ({
      ledger: {
        ...ledger,
        fence: (id, { scope, ...request }) =>
          ledger.fence(id, scope?.kind === 'execution' ? request : { ...request, ...(scope && { scope }) }),
      },
    })),
  }),
  () => ({
    what: 'an alarm from before the run takes it down',
    breaks: ["another run's event"],
    wrap: of(['rollback'], ({ ledger }) => ({
      ledger: {
        ...ledger,
        fence: (id, { scope, ...request }) =>
          ledger.fence(id, scope?.kind === 'since' ? request : { ...request, ...(scope && { scope }) }),
      },
    })),
  }),
  () => ({
    what: 'a stage goes on although it is paused',
    breaks: ['a pause holds'],
    wrap: of(['watch'], ({ ledger }) => ({
      ledger: {
        ...ledger,
        read: async (id) => {
          const lease = await ledger.read(id);
          return lease === null ? null : { ...lease, steering: { ...lease.steering, pauses: [] } };
        },
      },
    })),
  }),
  () => ({
    what: 'nobody gives back the capacity that a decommission step in flight took',
    breaks: ['capacity returns', 'ends'],
    wrap: of(['rollback', 'watchdog', 'verify-rollback', 'decommission', 'capacity'], ({ capacity }) => ({
      capacity: { ...capacity, release: nothing },
    })),
  }),
  () => ({
    what: 'the health of a side is not asked before customers are sent to it',
    breaks: ['dead side', 'trigger to safe weights', 'wrong weights', 'ends'],
    wrap: of(['shift', 'rollback', 'watchdog'], ({ ingress }) => ({
      ingress: { ...ingress, health: async () => ({ healthy: 4, unhealthy: 0, registered: 4 }) },
    })),
  }),
  () => ({
    what: 'an alarm starts no rollback, and nobody counts the failures of the candidate',
    breaks: ['sick side'],
    wrap: of(['watch', 'watchdog'], ({ alarms, metrics }) => ({
      alarms: {
        ...alarms,
        read: async (names) => (await alarms.read(names)).map((reading) => ({ ...reading, state: 'OK' })),
      },
      metrics: {
        ...metrics,
        minutes: async (...asked) =>
          (await metrics.minutes(...asked)).map((minute) => ({ ...minute, candidate: minute.stable })),
      },
    })),
    handlers: replaced({ rollback: () => async () => ({}) }),
  }),
  () => ({
    what: 'a missing lease ends a rollback before it has moved anything',
    breaks: ['wrong weights', 'says rolled back', 'ends'],
    wrap: of(['rollback', 'watchdog', 'verify-rollback'], ({ ledger, ingress }) => {
      let missing = false;
      return {
        ledger: {
          ...ledger,
          fence: async (id, request) => {
            const result = await ledger.fence(id, request);
            missing = result.outcome === 'none';
            return result;
          },
        },
        ingress: {
          ...ingress,
          write: (rule) => (missing ? Promise.resolve() : ingress.write(rule)),
          read: async () => ingress.read(),
        },
      };
    }),
  }),
  () => ({
    what: 'closing the mirror confirms whatever intent stands there, and writes back the heartbeat that it read',
    breaks: ['wrong weights', 'healthy run completes'],
    wrap: of(['close-mirror', 'watchdog'], ({ ledger }) => ({
      ledger: {
        ...ledger,
        replaceIntent: async (ref, intent) => {
          const lease = await ledger.read(ref.ingressId);
          if (lease === null) return;
          const { phase, stage, startedAt } = lease;
          await ledger.recordIntent(ref, intent, { phase, stage, heartbeatDueAt: startedAt });
        },
      },
    })),
  }),
  () => {
    const open = new Map<string, Parameters<Deps['approvals']['open']>[0]>();
    return {
      what: 'approvals of two ingresses share one key',
      breaks: ["another run's event"],
      wrap: of(['signoff'], ({ approvals }) => ({
        approvals: {
          ...approvals,
          open: async (request) => {
            open.set(request.cutoverId, request);
            await approvals.open(request);
          },
          newest: async (cutoverId) => {
            const request = open.get(cutoverId);
            return request === undefined ? null : { ...request, agreed: [], answered: null };
          },
        },
      })),
    };
  },
  () => {
    // Each approval gets a different spelling of the approver's name.
    const again = <R extends ApprovalRequest | null>(request: R) =>
      request && { ...request, agreed: request.agreed.map((given) => ({ ...given, by: `${given.by} ` })) };
    return {
      what: 'approvals are counted, and not the persons who gave them',
      breaks: ['two persons'],
      wrap: of(['signoff'], ({ approvals }) => ({
        approvals: {
          ...approvals,
          newest: async (cutoverId) => again(await approvals.newest(cutoverId)),
          agree: async (request, person) => again(await approvals.agree(request, person)),
        },
      })),
      handlers: replaced({
        approved: (deps) => (event) => {
          const state = parseState(event);
          const { approval, plan } = state;
          const approvers = approval?.approvers?.map((name) => name.trim());
          const anybody = { ...plan, signoff: { ...plan.signoff, approvers: 1 } };
          const given = approval && approvers ? { ...approval, approvers } : approval;
          return REAL_HANDLERS.approved(deps)(stateToJson({ ...state, plan: anybody, approval: given }));
        },
      }),
    };
  },
  () => ({
    what: 'preflight refuses the run whose claim it has made, when the answer was lost',
    breaks: ['healthy run completes'],
    wrap: of(['preflight'], ({ ledger }) => ({
      ledger: {
        ...ledger,
        read: async (id) => {
          const lease = await ledger.read(id);
          return lease === null ? null : { ...lease, executionArn: 'arn:execution:another' };
        },
      },
    })),
  }),
  () => ({
    what: 'a rollback by the watchdog is told to nobody',
    breaks: ['told'],
    wrap: of(['watchdog', 'verify-rollback'], () => ({ notifier: { publish: nothing } })),
  }),
  () => ({
    what: 'an execution ends as rolled back although its weights did not move',
    breaks: ['says rolled back', 'wrong weights', 'trigger to safe weights'],
    handlers: replaced({
      'verify-rollback': () => async (state) => ({ ...(state as object), next: 'proceed', waitSeconds: 0 }),
    }),
  }),
  () => ({
    what: 'what an approver writes is not redacted',
    breaks: ['secret'],
    handlers: replaced({
      approved: (deps) => async (event) => {
        const { approval } = event as { approval: { comment: string } };
        await deps.notifier.publish({ kind: 'phase', cutoverId: null, subject: 'approved', body: approval.comment });
        return REAL_HANDLERS.approved(deps)(event);
      },
    }),
  }),
  () => ({
    what: 'a shift that lost its fence goes on',
    breaks: ['wrong weights', 'says rolled back', 'trigger to safe weights', 'ends', 'dead side'],
    wrap: of(['shift'], ({ ledger }) => ({
      ledger: { ...ledger, confirmIntent: nothing, recordIntent: nothing, heartbeat: nothing, read: async () => null },
    })),
  }),
  () => ({
    what: 'the watchdog does not look',
    breaks: ['wrong weights', 'dead side', 'ends', 'capacity returns', 'told'],
    handlers: replaced({ watchdog: () => async () => ({ action: 'none' }) }),
  }),
  () => ({
    what: 'the watchdog reads no levels of the mirror’s alarms, whose events may be lost',
    breaks: ['dead side'],
    from: FIRST_SEED.levels,
    wrap: of(['watchdog'], ({ alarms, deployment: { shadowAlarms } }) => ({
      alarms: { ...alarms, read: (names) => alarms.read(names.filter((name) => !shadowAlarms.includes(name))) },
    })),
  }),
  () => ({
    what: 'a decommission takes tasks without a look at other people’s rules',
    breaks: ['tasks of others'],
    wrap: of(['decommission'], ({ surroundings }) => ({ surroundings: { ...surroundings, rules: async () => [] } })),
  }),
  () => ({
    what: 'nobody reads the snapshot that a run without a lease carries',
    breaks: ['capacity returns'],
    from: FIRST_SEED.losses,
    wrap: of(['rollback', 'watchdog'], ({ executions }) => ({
      executions: { ...executions, carried: async () => null },
    })),
  }),
];
