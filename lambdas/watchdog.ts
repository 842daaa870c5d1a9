/** Watchdog: once a minute, whatever events said or did not say. */
import { describeCloseMirror, type WatchdogReport, watch } from '../core/fence/index.ts';
import { type Lease, type LogEntry, untold } from '../core/model/index.ts';
import { composed } from './compose/deployment.ts';
import { drills, metrics } from './compose/ports.ts';
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
  | 'notifier'
  | 'clock'
  | 'emit'
>;

export function makeHandler(deps: WatchdogDeps) {
  return async (): Promise<WatchdogReport> => {
    const startedAt = deps.clock.now();
    const report = await watch(deps, deps.deployment);
    const idle = report.action === 'none' && report.item?.status !== 'running';
    deps.emit({ CutoverRunning: idle ? 0 : 1 });
    if (report.action === 'rollback')
      await reportRollback(deps, report.outcome, report.request, (deps.clock.now() - startedAt) / 1000);
    else if (report.action === 'mirror' && report.outcome.outcome === 'rolled_back')
      await reportRollback(deps, report.outcome.rollback, report.request, (deps.clock.now() - startedAt) / 1000);
    else await tellNews(deps, report, startedAt);
    await tellUntold(deps, report, startedAt);
    return report;
  };
}

/** The function that confirmed a rollback may have died before it told anybody. */
async function tellUntold(deps: WatchdogDeps, report: WatchdogReport, now: number): Promise<void> {
  if (!('item' in report) || report.item?.status !== 'rolled_back') return;
  if (untold(report.item, now).length > 0) await tellRollback(deps, report.item);
}

async function tellNews(deps: WatchdogDeps, report: WatchdogReport, now: number): Promise<void> {
  const news = newsOf(report, now);
  if (news === null) return;
  const { item, kind, message } = news;
  const at = new Date(deps.clock.now()).toISOString();
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

/** What lasts is told again in one minute of ten. Milliseconds. */
const AGAIN_MS = 600_000;
const MINUTE_MS = 60_000;

function newsOf(report: WatchdogReport, now: number): News | null {
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
      const message = `Cutover ${item.cutoverId} is complete, but somebody changed its weights (${live}). No trigger moves them any more: write the weights that you want by hand.`;
      return now % AGAIN_MS < MINUTE_MS ? { item, kind: 'warning', message } : null;
    }
    case 'mirror': {
      const { outcome, request } = report;
      if (outcome.outcome !== 'closed') return null;
      return { item: outcome.item, kind: 'warning', message: describeCloseMirror(outcome, request) };
    }
    case 'rewrote_safe_weights': {
      const { item, live, kind } = report;
      const message =
        kind === 'whole'
          ? `The weights were changed after the rollback (${live}); all traffic was returned to stable again.`
          : `The weights are not safe (${live}), and the stable side cannot carry everything: it got what it can carry.`;
      return { item, kind: 'warning', message };
    }
    case 'restored_capacity':
      return {
        item: report.item,
        kind: 'capacity',
        message: `The stable service had fewer tasks or different scaling than this run requires; it was set back to ${report.desired} tasks.`,
      };
    case 'verified': {
      const { item } = report;
      const cause =
        item.rollback === null ? '' : ` (${item.rollback.trigger} by ${item.rollback.by}: ${item.rollback.reason})`;
      return { item, kind: 'verified', message: `Verified by request counts: all traffic is back on stable${cause}.` };
    }
  }
}

export const compose = composed((deployment) => ({
  ...rollbackDepsOf(deployment),
  metrics: metrics(deployment),
  drills: drills(deployment),
}));
export const handler = () => makeHandler(compose())();
