/** Watchdog: runs once a minute, regardless of events. */
import { lookWhileWaiting, WAITING_PHASES } from '../core/evaluation/index.ts';
import {
  closeMirror,
  describeCloseMirror,
  isToldAgain,
  type RollbackOutcome,
  rollBack,
  type WatchdogReport,
  watch,
} from '../core/fence/index.ts';
import { evidenceSince } from '../core/gate/index.ts';
import {
  CrossfadeError,
  type CutoverState,
  commandAt,
  type Deployment,
  describeCause,
  describeError,
  fromIso,
  type Lease,
  type LogEntry,
  parseState,
  placeOfRun,
  rollbackAlarmsOf,
  toIso,
  untold,
} from '../core/model/index.ts';
import { quantity } from '../input/index.ts';
import { composed } from './compose/deployment.ts';
import { alarmReadings, approvals, drills, metrics, reminders } from './compose/ports.ts';
import { rollbackDepsOf } from './compose/rollback.ts';
import { type Deps, recordAndTell, reportRollback, tellRollback } from './tasks/index.ts';

export type WatchdogDeps = Pick<
  Deps,
  | 'deployment'
  | 'ingress'
  | 'ledger'
  | 'decisionLog'
  | 'drills'
  | 'executions'
  | 'capacity'
  | 'metrics'
  | 'approvals'
  | 'reminders'
  | 'notifier'
  | 'clock'
  | 'emit'
> & { readonly alarms: Pick<Deps['alarms'], 'read'> };

export function makeHandler(deps: WatchdogDeps) {
  return async (): Promise<WatchdogReport> => {
    const startedAt = deps.clock.now();
    const report = await watch(deps, deps.deployment).catch(async (error: unknown) => {
      await tellStuck(deps, error);
      throw error;
    });
    const idle = report.action === 'none' && report.item?.status !== 'running';
    deps.emit({ CutoverRunning: idle ? 0 : 1 });
    await tellReport(deps, report, startedAt);
    await tellUntold(deps, report, startedAt);
    // Last, because it reads more than everything above, which must not wait for it.
    const found = report.action === 'none' ? await watchWaiting(deps, report.item) : null;
    if (found === null) return report;
    await tellReport(deps, found, startedAt);
    return found;
  };
}

/**
 * If a rollback's weights cannot be written or read back, people are notified at once and every ten minutes; until then
 * customers remain where they were.
 */
async function tellStuck(deps: WatchdogDeps, error: unknown): Promise<void> {
  const item = await deps.ledger.read(deps.deployment.ingressId).catch(() => null);
  if (item?.status !== 'rolling_back' || item.rollback === null) return;
  const now = deps.clock.now();
  // The first run of the watchdog is at most one minute after the request.
  const otherwise = isToldAgain(now - fromIso(item.rollback.requestedAt) - 1);
  if (!(await isDue(deps, `${item.cutoverId}: stuck`, otherwise))) return;
  const message = `NOT rolled back yet (${describeCause(item.rollback)}): ${whatOf(error)} Customers are where the listener's weights were last written, perhaps still with the candidate. The watchdog tries again every minute.`;
  const todo = `To do: ${commandAt(deps.deployment, 'rollback --break-glass')} tries the same from your machine; in the console, give the stable group all the weight in every rule of the cutover.`;
  await recordAndTell(
    deps,
    item,
    { at: toIso(now), kind: 'warning', by: 'watchdog', message },
    { kind: 'warning', subject: `Crossfade ${item.cutoverId}: NOT rolled back yet`, todo },
  );
}

function whatOf(error: unknown): string {
  return error instanceof CrossfadeError ? error.what : `${describeError(error)}.`;
}

async function tellReport(deps: WatchdogDeps, report: WatchdogReport, startedAt: number): Promise<void> {
  const seconds = () => (deps.clock.now() - startedAt) / 1000;
  if (report.action === 'rollback') {
    if (await isNews(deps, report.outcome)) await reportRollback(deps, report.outcome, report.request, seconds());
  } else if (report.action === 'mirror' && report.outcome.outcome === 'rolled_back')
    await reportRollback(deps, report.outcome.rollback, report.request, seconds());
  else await tellNews(deps, report);
}

/** A run's lease records who was told of its rollback. Without a run, the same may be done again every minute. */
async function isNews(deps: WatchdogDeps, outcome: RollbackOutcome): Promise<boolean> {
  if (outcome.item !== null || !('first' in outcome) || !outcome.first) return true;
  const share = outcome.outcome === 'waiting_for_capacity' ? ` at ${outcome.candidatePercent} %` : '';
  return isDue(deps, `no run: ${outcome.outcome}${share}`, true);
}

/** @param otherwise the answer if the ledger gives none */
async function isDue({ reminders, clock }: WatchdogDeps, about: string, otherwise: boolean): Promise<boolean> {
  return reminders.due(about, clock.now()).catch(() => otherwise);
}

/**
 * Does what the run's own evaluations would do, in phases in which it has none, and as often as in the phase before.
 * Returns null if nothing is to be done.
 */
async function watchWaiting(deps: WatchdogDeps, item: Lease | null): Promise<WatchdogReport | null> {
  if (item?.status !== 'running' || !WAITING_PHASES.includes(item.phase)) return null;
  const { deployment, clock } = deps;
  const now = clock.now();
  const request = await deps.approvals.newest(item.cutoverId);
  if (request?.state === undefined) return null;
  const asked = { ...parseState(request.state), split: item.intent.split };
  if (now % intervalMs(asked) >= MINUTE_MS) return null;
  const from = evidenceSince(fromIso(asked.since), now);
  const [alarms, candidate, minutes] = await Promise.all([
    deps.alarms.read(rollbackAlarmsOf(deployment, asked.plan)),
    deps.ingress.health('candidate'),
    deps.metrics.minutes({ from, to: now }, asked.plan.gate.latencyBudgetMs),
  ]);
  const found = lookWhileWaiting(deployment, asked, { alarms, candidate, minutes }, now);
  if (found === null) return null;
  const scope = { kind: 'unchanged', what: 'intent', lease: item } as const;
  const { reason } = found;
  const demand = {
    trigger: 'gate' as const,
    reason,
    by: `${placeOfRun(item)}, by the watchdog`,
    at: toIso(now),
    scope,
  };
  if (found.calls === 'closeMirror')
    return { action: 'mirror', request: demand, outcome: await closeMirror(deps, deployment, demand) };
  const outcome = await rollBack(deps, deployment, demand);
  return outcome.outcome === 'not_concerned' ? null : { action: 'rollback', request: demand, outcome };
}

function intervalMs({ phase, plan }: CutoverState): number {
  return 1000 * (phase === 'soak' ? plan.soak.observe : plan.shadow.observe);
}

/** The function that confirmed a rollback may have died before it notified anybody. */
async function tellUntold(deps: WatchdogDeps, report: WatchdogReport, now: number): Promise<void> {
  if (!('item' in report) || report.item?.status !== 'rolled_back' || report.action === 'edited') return;
  if (untold(report.item, now).length > 0) await tellRollback(deps, report.item);
}

async function tellNews(deps: WatchdogDeps, report: WatchdogReport): Promise<void> {
  const news = newsOf(report, deps.deployment);
  if (news === null) return;
  const { item, kind, message } = news;
  const now = deps.clock.now();
  const about = `${item?.cutoverId ?? 'no run'}: ${report.action}${'kind' in report ? ` ${report.kind}` : ''}`;
  if (LASTING.includes(report.action) && !(await isDue(deps, about, isToldAgain(now)))) return;
  const at = toIso(now);
  await recordAndTell(
    deps,
    item,
    { at, kind, by: 'watchdog', message },
    {
      kind: report.action === 'verified' || report.action === 'completed' ? report.action : 'warning',
      subject: `Crossfade ${item?.cutoverId ?? deps.deployment.ingressId}: ${report.action === 'completed' ? 'complete' : kind}`,
    },
  );
}

interface News extends Pick<LogEntry, 'kind' | 'message'> {
  readonly item: Lease | null;
}

const MINUTE_MS = 60_000;

/** What the watchdog may find again every minute, or do again because somebody undoes it. */
const LASTING: readonly WatchdogReport['action'][] = [
  'rewrote_safe_weights',
  'restored_capacity',
  'edited',
  'unverified',
  'unanswered',
];

function newsOf(report: WatchdogReport, deployment: Deployment): News | null {
  switch (report.action) {
    case 'none':
    case 'rollback':
      return null;
    case 'completed': {
      const message =
        'The cutover is complete. The ledger did not say so: its execution ended before it was noted, or the table was restored to an earlier time.';
      return { item: report.item, kind: 'phase', message };
    }
    case 'edited': {
      const { item, live } = report;
      const message =
        item.status === 'completed'
          ? `Cutover ${item.cutoverId} is complete, but somebody changed its weights (${live}). No trigger moves them any more: set the desired weights by hand.`
          : `Cutover ${item.cutoverId} was rolled back, but the listener has the weights of a completed cutover (${live}). Either the ledger's table was restored to an earlier time, or somebody wrote them by hand. No trigger moves them. To do: if no cutover has completed, ${commandAt(deployment, 'rollback --break-glass')} returns all traffic to stable.`;
      return { item, kind: 'warning', message };
    }
    case 'mirror': {
      const { outcome, request } = report;
      if (outcome.outcome !== 'closed') return null;
      return { item: outcome.item, kind: 'warning', message: describeCloseMirror(outcome, request) };
    }
    case 'unanswered': {
      const { item, registered } = report;
      const message = `NOT verified: all rules of the cutover send everything to stable, but none of its ${registered} targets is healthy. To do: bring the stable service up. Until it has a healthy target, weights that you give the candidate by hand stay; then everything returns to stable.`;
      return { item, kind: 'warning', message };
    }
    case 'rewrote_safe_weights': {
      const { item, live, kind } = report;
      const message =
        kind === 'whole'
          ? `The weights were changed after the rollback (${live}); all traffic was returned to stable again. If a tool writes them, such as CodeDeploy, an ECS deployment or a template, stop it: the watchdog returns them every minute, and says so once in ten.`
          : kind === 'wait'
            ? `The weights were changed by hand after the rollback (${live}). They stay until stable has enough healthy targets, and then everything returns to stable.`
            : `The weights are not safe (${live}), and the stable side cannot carry everything: it got what it can carry.`;
      return { item, kind: 'warning', message };
    }
    case 'unverified': {
      const { item, minute, requests } = report;
      const message = `NOT verified: all rules of the cutover send everything to stable, and have since ${item.rollback?.confirmedAt?.slice(11, 16)}Z unless a warning names a later change, but the candidate still answered ${requests} requests in the minute of ${toIso(minute).slice(11, 16)}Z. Another rule of the load balancer, or somebody directly, sends them. To do: look at the listeners for other rules that forward to the target group of the candidate, and bring them back by hand.`;
      return { item, kind: 'warning', message };
    }
    case 'restored_capacity':
      return {
        item: report.item,
        kind: 'capacity',
        message: `The stable service had fewer tasks or different scaling than this run requires; it was set back to ${quantity(report.desired, 'task')}.`,
      };
    case 'verified': {
      const { item } = report;
      const cause = item.rollback === null ? '' : ` (${describeCause(item.rollback)})`;
      return { item, kind: 'verified', message: `Verified by request counts: all traffic is back on stable${cause}.` };
    }
  }
}

export const compose = composed((deployment) => ({
  ...rollbackDepsOf(deployment),
  metrics: metrics(deployment),
  alarms: alarmReadings(),
  approvals: approvals(deployment),
  drills: drills(deployment),
  reminders: reminders(deployment),
}));
export const handler = () => makeHandler(compose())();
