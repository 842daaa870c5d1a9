/** Watchdog: once a minute, whatever events said or did not say. */
import { describeCloseMirror, describeRollback, type WatchdogReport, watch } from '../core/fence/index.ts';
import { describeError, type Lease } from '../core/model/index.ts';
import { awsDeps } from './compose/index.ts';
import type { Deps } from './tasks/index.ts';

export type WatchdogDeps = Pick<
  Deps,
  'deployment' | 'ingress' | 'ledger' | 'executions' | 'capacity' | 'metrics' | 'notifier' | 'clock' | 'emit'
>;

export function makeHandler(deps: WatchdogDeps) {
  return async (): Promise<WatchdogReport> => {
    const report = await watch(deps, deps.deployment);
    const message = describe(report);
    if (message === null) return report;
    await record(deps, report, message).catch((error: unknown) => {
      console.error(JSON.stringify({ level: 'error', message: describeError(error) }));
    });
    return report;
  };
}

function describe(report: WatchdogReport): string | null {
  switch (report.action) {
    case 'none':
      return null;
    case 'rollback':
      return describeRollback(report.outcome, report.request);
    case 'mirror':
      return describeCloseMirror(report.outcome, report.request);
    case 'rewrote_safe_weights':
      return `The weights were changed after the rollback (${report.live}); all traffic was returned to stable again.`;
    case 'verified':
      return 'Verified by request counts: all traffic is back on stable.';
  }
}

async function record(deps: WatchdogDeps, report: WatchdogReport, message: string): Promise<void> {
  const item = itemOf(report);
  if (item === null) return;
  const kind = report.action === 'verified' ? 'verified' : report.action === 'rollback' ? 'rollback' : 'warning';
  const at = new Date(deps.clock.now()).toISOString();
  await deps.ledger.append(item.cutoverId, { at, kind, phase: item.phase, stage: item.stage, by: 'watchdog', message });
  await deps.notifier.publish({ subject: `Crossfade ${item.cutoverId}: ${kind}`, body: message });
}

function itemOf(report: WatchdogReport): Lease | null {
  switch (report.action) {
    case 'rollback':
      return report.outcome.item;
    case 'mirror':
      return report.outcome.outcome === 'rolled_back' ? report.outcome.rollback.item : report.outcome.item;
    default:
      return report.item;
  }
}

export const handler = () => makeHandler(awsDeps())();
