import { expect, it } from 'vitest';
import { marksOf } from '../../console/view/decision-rows.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { askSteering, type RunSoFar, type SteeringRequest } from '../../core/phases/steering-request.ts';
import { lease } from '../support/ledger-item.ts';
import { START } from '../support/memory-world.ts';

const SO_FAR: RunSoFar = { plan: parsePlan({}), look: null, said: '' };

/** Returns what a chart shows for a request that is granted, whatever its reason says. */
function markOf(request: SteeringRequest, of = lease({ phase: 'stage' })): string | undefined {
  const answer = askSteering(of, request, { by: 'arn:ada', reason: 'why', now: START }, SO_FAR);
  if ('refused' in answer) throw new Error(answer.refused);
  const message = `${answer.message} Reason: Paused before; it starts again tomorrow`;
  const entry = {
    at: new Date(START).toISOString(),
    kind: 'steering',
    phase: 'stage',
    stage: 0,
    by: 'arn:ada',
    message,
  } as const;
  return marksOf([entry], null, null)[0]?.label;
}

it('a chart names what a person asked of the run', () => {
  expect(markOf({ kind: 'pause', seconds: 600 })).toBe('paused');
  expect(markOf({ kind: 'retry' })).toBe('restarted');
  expect(markOf({ kind: 'promote', override: true })).toBe('override');
});
