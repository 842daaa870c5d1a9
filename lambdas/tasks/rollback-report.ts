/**
 * Counts the outcome of a rollback and notifies people, in the same way for every trigger including the watchdog. The
 * lease records which notifications are still due, so nothing is lost if a function dies in between.
 */
import { describeRollback, type RollbackOutcome, type RollbackRequest } from '../../core/fence/index.ts';
import {
  commandAt,
  type Deployment,
  describeError,
  fromIso,
  type Lease,
  TIDINGS,
  type Tidings,
  toIso,
  untold,
} from '../../core/model/index.ts';
import type { RollbackDeps } from './deps.ts';
import { leaseOf, record, tell } from './notices.ts';

type ReportDeps = Pick<RollbackDeps, 'deployment' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'>;

/** The person who is woken by the message first reads whether anything remains to be done. */
function todoAfter(outcome: RollbackOutcome, deployment: Deployment, since: string): string {
  if (outcome.outcome !== 'rolled_back')
    return `To do: ${commandAt(deployment, 'runbook waiting-for-capacity')} prints the steps.`;
  const { ledger, gone, trouble, notStopped, notConfirmed } = outcome;
  if (gone.length > 0)
    return 'To do: find out which rules take the requests of the deleted ones, then give the deleted rules another priority in the stack and `cdk deploy`, which recreates them.';
  const whole = ledger === 'written' && [trouble, notStopped, notConfirmed].every((problem) => problem === undefined);
  if (whole) return `Nothing to do now: all traffic has been on stable since ${since.slice(11, 19)}Z.`;
  return `Customers are safe. To do: check that the tasks named above get done (${commandAt(deployment, 'status')}).`;
}

/** Never rejects: the weights are safe by now, and a failure to log or to notify is reported and changes nothing. */
export async function reportRollback(
  deps: ReportDeps,
  outcome: RollbackOutcome,
  request: RollbackRequest,
  seconds: number,
): Promise<void> {
  const owed = owedOf(outcome, deps.clock.now());
  if (owed.length === 0) return;
  const left = await pass(deps, outcome, request, seconds, owed);
  if (outcome.outcome === 'rolled_back' && outcome.ledger === 'written')
    await note(deps, outcome.item, 'rolled_back', left);
  if (outcome.outcome === 'waiting_for_capacity' && outcome.item !== null)
    await note(deps, outcome.item, 'rolling_back', left);
}

/** Notifies people of a rollback that was confirmed by a function which has died since. Never rejects. */
export async function tellRollback(deps: ReportDeps, item: Lease): Promise<void> {
  const { rollback } = item;
  if (rollback === null) return;
  const { trigger, reason, by, requestedAt, confirmedAt } = rollback;
  const seconds = confirmedAt === null ? 0 : (fromIso(confirmedAt) - fromIso(requestedAt)) / 1000;
  const outcome = { outcome: 'rolled_back', item, ledger: 'written', gone: [], first: true } as const;
  const left = await pass(deps, outcome, { trigger, reason, by, at: requestedAt }, seconds, rollback.owed);
  await note(deps, item, 'rolled_back', left);
}

/**
 * Several triggers report the same rollback, and the watchdog repeats it. People are notified of changes, urgent
 * matters, and pending notices.
 */
function owedOf(outcome: RollbackOutcome, now: number): readonly Tidings[] {
  switch (outcome.outcome) {
    case 'rolled_back':
      return outcome.first ? TIDINGS : [];
    case 'waiting_for_capacity':
      if (outcome.first || outcome.urgent) return TIDINGS;
      return outcome.item === null ? [] : untold(outcome.item, now);
    default:
      return [];
  }
}

/** Returns the ones that failed. */
async function pass(
  deps: ReportDeps,
  outcome: RollbackOutcome,
  request: RollbackRequest,
  seconds: number,
  owed: readonly Tidings[],
): Promise<Tidings[]> {
  const { item } = outcome;
  const name = item?.cutoverId ?? deps.deployment.ingressId;
  const todo = todoAfter(outcome, deps.deployment, item?.rollback?.confirmedAt ?? toIso(deps.clock.now()));
  const notice =
    outcome.outcome === 'rolled_back'
      ? ({ kind: 'rollback', subject: `Crossfade ${name}: rolled back`, candidatePercent: 0, todo } as const)
      : ({ kind: 'waiting', subject: `Crossfade ${name}: rollback waits for capacity`, todo } as const);
  const message = describeRollback(outcome, request);
  const at = toIso(deps.clock.now());
  const by = item?.rollback?.by ?? request.by;
  const ways: Readonly<Record<Tidings, () => boolean | Promise<boolean>>> = {
    metric: () => {
      deps.emit({ RollbackRequested: 1, RollbackSeconds: seconds });
      return true;
    },
    log: () => record(deps, item, { at, kind: 'rollback', by, message }),
    message: () => tell(deps, { ...notice, ...leaseOf(item), body: message }),
  };
  const passed = await Promise.all(owed.map((way) => ways[way]()));
  return owed.filter((_, i) => passed[i] === false);
}

async function note(
  { ledger }: ReportDeps,
  item: Lease,
  status: 'rolling_back' | 'rolled_back',
  left: readonly Tidings[],
): Promise<void> {
  try {
    await ledger.recordTold(item, status, left);
  } catch (error) {
    // Notifying twice is better than not at all.
    console.error(JSON.stringify({ level: 'error', message: describeError(error) }));
  }
}
