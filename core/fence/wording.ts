/** Sentences about the fence's actions, for log lines and status messages. */
import { describeCause, describeTrouble, type RuleArn, ruleName } from '../model/index.ts';
import type { CloseMirrorOutcome } from './close-mirror.ts';
import type { RollbackOutcome, RollbackRequest } from './rollback-outcome.ts';

/** Describes the outcome of a rollback in one or two sentences, for a log line or a status message. */
export function describeRollback(outcome: RollbackOutcome, request: RollbackRequest): string {
  const cause = describeCause(request);
  switch (outcome.outcome) {
    case 'rolled_back':
      return `${returnText(outcome, cause)}${goneText(outcome.gone)}${afterwards(outcome)}`;
    case 'waiting_for_capacity': {
      const { stable, needed, candidatePercent, overdue } = outcome;
      const candidate = `The candidate answers ${Math.round(candidatePercent)} % meanwhile`;
      const urgent = overdue ? ' This has lasted for more than ten minutes; check the stable service.' : '';
      return `NOT rolled back yet: the stable side has ${stable.healthy} of ${needed} healthy targets and is being scaled up. ${candidate} (${cause}).${urgent}${troubleText(outcome)}${stopText(outcome)}`;
    }
    case 'nothing_to_do':
      if (outcome.item?.status === 'completed')
        return `Cutover ${outcome.item.cutoverId} is complete, and no trigger moves its weights any more (${cause}).`;
      return `No cutover owns the ingress and its weights are in order, so no weights were changed (${cause}).`;
    case 'not_concerned':
      return `Cutover ${outcome.item.cutoverId} owns the ingress, and this trigger belongs to another run, so no weights were changed (${cause}).`;
  }
}

/** Whoever asks again learns that this call changed nothing, and why the traffic returned. */
function returnText({ item, first }: RollbackOutcome & { outcome: 'rolled_back' }, cause: string): string {
  const done = first ? null : item?.rollback;
  if (done?.confirmedAt == null) return `All traffic is on stable (${cause}).`;
  return `All traffic is on stable, and has been since ${done.confirmedAt.slice(11, 19)}Z (${describeCause(done)}).`;
}

function afterwards(outcome: RollbackOutcome & { outcome: 'rolled_back' }): string {
  switch (outcome.ledger) {
    case 'written': {
      const capacity =
        outcome.trouble === undefined
          ? ''
          : ` Its capacity is not restored yet; the watchdog retries every minute.${troubleText(outcome)}`;
      const confirmation =
        outcome.notConfirmed === undefined
          ? ''
          : ` The ledger did not confirm it yet (${describeTrouble(outcome.notConfirmed)}); the watchdog retries every minute.`;
      return `${capacity}${stopText(outcome)}${confirmation}`;
    }
    case 'no_lease':
      return ' No run owned the weights that were live: the lease is missing or belongs to an earlier run. Stop executions that are still running.';
    case 'unreachable':
      return ' The ledger is unreachable, so the run is not fenced: stop its execution by hand.';
    case 'failed':
      return ` The ledger refused the fence, so the run may not be fenced: stop its execution by hand.${troubleText(outcome)}`;
  }
}

function goneText(gone: readonly RuleArn[]): string {
  if (gone.length === 0) return '';
  const [rule, their] = gone.length === 1 ? ['Rule', 'its'] : ['Rules', 'their'];
  const verb = gone.length === 1 ? 'was' : 'were';
  return ` ${rule} ${gone.map(ruleName).join(', ')} ${verb} deleted: the listener's other rules take ${their} requests.`;
}

function stopText({ notStopped }: { readonly notStopped?: unknown }): string {
  if (notStopped === undefined) return '';
  return ` Its execution could not be stopped (${describeTrouble(notStopped)}); the run is fenced, so its next task ends it.`;
}

function troubleText({ trouble }: { readonly trouble?: unknown }): string {
  return trouble === undefined ? '' : ` Trouble: ${describeTrouble(trouble)}.`;
}

/** For a log line or a status message. */
export function describeCloseMirror(outcome: CloseMirrorOutcome, request: RollbackRequest): string {
  const cause = describeCause(request);
  switch (outcome.outcome) {
    case 'closed':
      return `The mirror was closed; the candidate answers ${outcome.split.candidatePercent} % directly and the run continues without reverse copies (${cause}).`;
    case 'rolled_back':
      return `The mirror failed in a phase that depends on it; all traffic is returned to stable (${cause}).`;
    case 'nothing_to_do':
      return `The mirror carries no traffic (${cause}).`;
  }
}
