/** The actions that the page offers for a run: each with its effects, or with the reason why it is not possible now. */
import { type Lease, placeOfRun } from '../../core/model/index.ts';
import { askSteering, type RunSoFar, type SteeringRequest } from '../../core/phases/index.ts';
import type { ActionName, ActionOffer, PendingSignoff } from './page-view.ts';

export interface OfferedTo {
  readonly lease: Lease;
  /** null if the log does not contain the run's plan; such a run cannot be steered. */
  readonly soFar: RunSoFar | null;
  readonly signoff: PendingSignoff | null;
  /** The IAM identity (ARN) that acts; null if it is unknown, in which case no action is offered. */
  readonly caller: string | null;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** One hour, the default of `crossfade pause`. */
const PAUSE_SECONDS = 3_600;

/** The requests that steering actions make. Other actions answer a sign-off or roll back. */
export const STEERING: Readonly<Partial<Record<ActionName, SteeringRequest>>> = {
  pause: { kind: 'pause', seconds: PAUSE_SECONDS },
  resume: { kind: 'resume' },
  promote: { kind: 'promote', override: false },
  override: { kind: 'promote', override: true },
  retry: { kind: 'retry' },
};

export function actionOffers(to: OfferedTo): ActionOffer[] {
  const { lease, caller } = to;
  const { phase, stage, cutoverId: id } = lease;
  const place = placeOfRun(lease);
  const as = `It is recorded in the ledger as done by ${caller ?? 'nobody'}, with your reason.`;
  const offer = (
    name: ActionName,
    label: string,
    tone: ActionOffer['tone'],
    will: readonly string[],
    reason: ActionOffer['reason'] = 'optional',
  ): ActionOffer => ({
    name,
    label,
    tone,
    will: [...will, as],
    refused: caller === null ? 'No AWS identity: set credentials and open the console again.' : refusal(name, to),
    reason,
    seen: { phase, stage },
  });
  return [
    ...(to.signoff === null
      ? []
      : [
          offer('approve', 'Approve', 'good', [
            `Approves the ${to.signoff.kind} sign-off of ${id}.`,
            to.signoff.kind === 'shadow'
              ? 'If the plan needs no other person, the canary begins: customers will meet the candidate.'
              : 'If the plan needs no other person, the stable side is decommissioned.',
          ]),
          offer('refuse', 'Reject', 'bad', [
            `Rejects the ${to.signoff.kind} sign-off of ${id}.`,
            'The cutover rolls back: all traffic returns to stable, and this run ends.',
          ]),
        ]),
    offer('pause', 'Pause', 'plain', [
      `Holds ${place} of ${id} at its present weights for an hour, or until somebody resumes it.`,
      'Rollback, alarms and the watchdog stay armed.',
    ]),
    offer('resume', 'Resume', 'plain', [`Ends the pause; ${id} continues on its evidence.`]),
    offer('promote', 'Promote', 'plain', [
      `Ends the bake of ${place} of ${id}: it advances at the next evaluation if its evidence still stands.`,
      'No unsafe condition is skipped.',
    ]),
    offer(
      'override',
      'Promote without evidence',
      'bad',
      [
        `Ends the bake of ${place} of ${id} although its evidence is not in, unless something is unsafe.`,
        'If the plan requires it, a second person must request the same.',
      ],
      'required',
    ),
    offer('retry', 'Restart', 'plain', [
      `Restarts ${place} of ${id} at the same weights; its evidence so far no longer counts.`,
    ]),
    offer('abort', 'Abort', 'bad', [`Ends ${id} by the rollback: all traffic returns to stable.`], 'required'),
    offer(
      'rollback',
      'Roll back',
      'bad',
      [
        `Returns all traffic of ingress ${lease.ingressId} to stable now, whichever run owns it.`,
        'It is safe to repeat at any time, and needs no evidence.',
      ],
      'required',
    ),
  ];
}

function refusal(name: ActionName, { lease, soFar, now, caller }: OfferedTo): string | null {
  const request = STEERING[name];
  if (request === undefined)
    return name === 'abort' && lease.status !== 'running' ? `${lease.cutoverId} has ended.` : null;
  if (soFar === null) return "The run's decision log does not hold its plan.";
  const answer = askSteering(lease, request, { by: caller ?? '', reason: '', now }, soFar);
  return 'refused' in answer ? answer.refused : null;
}
