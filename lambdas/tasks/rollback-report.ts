/** What a rollback came to, counted and told: the same for every trigger, the watchdog's among them. */
import { describeRollback, type RollbackOutcome, type RollbackRequest } from '../../core/fence/index.ts';
import type { RollbackDeps } from './deps.ts';
import { recordAndTell } from './tell.ts';

/** Triggers come in pairs and more, and the watchdog repeats: people are told of what is new or urgent. */
function isNews(outcome: RollbackOutcome): boolean {
  switch (outcome.outcome) {
    case 'rolled_back':
      return outcome.first || outcome.ledger !== 'written';
    case 'waiting_for_capacity':
      return outcome.first || outcome.urgent;
    default:
      return false;
  }
}

/** Never rejects: the weights are safe by now, and a failure to log or to notify is reported and changes nothing. */
export async function reportRollback(
  deps: Pick<RollbackDeps, 'deployment' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>,
  outcome: RollbackOutcome,
  request: RollbackRequest,
  seconds: number,
): Promise<void> {
  if (!isNews(outcome)) return;
  deps.emit({ RollbackRequested: 1, RollbackSeconds: seconds });
  const done = outcome.outcome === 'rolled_back';
  const name = outcome.item?.cutoverId ?? deps.deployment.ingressId;
  await recordAndTell(
    deps,
    outcome.item,
    {
      at: new Date(deps.clock.now()).toISOString(),
      kind: 'rollback',
      by: outcome.item?.rollback?.by ?? request.by,
      message: describeRollback(outcome, request),
    },
    done
      ? { kind: 'rollback', subject: `Crossfade ${name}: rolled back`, candidatePercent: 0 }
      : { kind: 'waiting', subject: `Crossfade ${name}: rollback waits for capacity` },
  );
}
