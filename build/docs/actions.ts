/**
 * What each action does at each place of a run: one table, to which test/cli/actions.slow.test.ts holds the commands,
 * and its page.
 */
import { describePlace } from '../../core/model/index.ts';
import { markdownCode, markdownTable } from '../../markdown/index.ts';
import { type Page, page } from './page.ts';

/** Where a run stands, or has ended. */
export const OPERATOR_PLACES = [
  'nothing has run',
  'preflight',
  'baseline',
  'shadow',
  'exercise',
  'shadowSignoff',
  'stage',
  'stage, paused',
  'soak',
  'finalSignoff',
  'decommission',
  'retention',
  'drill',
  'rolling back',
  'rolled back',
  'completed',
] as const;
export type OperatorPlace = (typeof OPERATOR_PLACES)[number];

/** Commands without the name of the run. */
export const OPERATOR_ACTIONS = [
  'pause',
  'resume',
  'promote',
  'promote --override',
  'retry',
  'approve',
  'refuse',
  'abort',
  'rollback',
] as const;
export type OperatorAction = (typeof OPERATOR_ACTIONS)[number];

export interface Answer {
  readonly accepted: boolean;
  /** What the answer holds; `{id}` stands for the run's name. */
  readonly says: string;
}

const yes = (says: string): Answer => ({ accepted: true, says });
const no = (says: string): Answer => ({ accepted: false, says });

const NEVER_RUN = 'No cutover has run on this ingress, so there is no "{id}".';
const ENDED: readonly OperatorPlace[] = ['rolling back', 'rolled back', 'completed'];
const LOOKING: readonly OperatorPlace[] = ['shadow', 'exercise', 'stage', 'soak'];
const SIGNOFFS: readonly OperatorPlace[] = ['shadowSignoff', 'finalSignoff'];
export function answerAt(action: OperatorAction, place: OperatorPlace): Answer {
  switch (action) {
    case 'rollback':
      if (place === 'completed') return yes('Cutover {id} is complete, and no trigger moves its weights any more');
      if (place === 'nothing has run') return yes('No cutover owns the ingress and its weights are in order');
      return yes('All traffic is on stable');
    case 'abort':
      if (place === 'nothing has run') return no(NEVER_RUN);
      if (ENDED.includes(place)) return no(`Cutover {id} is ${place} and cannot be aborted.`);
      return yes('All traffic is on stable');
    case 'approve':
    case 'refuse':
      if (!SIGNOFFS.includes(place)) return no('Cutover "{id}" has no pending approval.');
      return yes(
        `${action === 'approve' ? 'Approved' : 'Rejected'} the ${place === 'shadowSignoff' ? 'shadow' : 'final'} sign-off of {id} as `,
      );
    default:
      return steeringAt(action, place);
  }
}

type Steering = Exclude<OperatorAction, 'approve' | 'refuse' | 'abort' | 'rollback'>;

function steeringAt(action: Steering, place: OperatorPlace): Answer {
  const [verb = ''] = action.split(' ');
  const nothing = `there is nothing to ${verb}.`;
  if (place === 'nothing has run') return no(NEVER_RUN);
  if (ENDED.includes(place)) return no(`Cutover {id} is ${place}: ${nothing}`);
  if (place === 'drill') return no(`{id} is a drill, which its own alarm ends: ${nothing}`);
  if (SIGNOFFS.includes(place)) return no(`Cutover {id} is waiting for a sign-off: ${nothing} Use approve or refuse.`);
  if (place === 'stage, paused') return PAUSED[action];
  if (LOOKING.includes(place) || place === 'decommission') {
    const answer = RUNNING[action](place);
    if (answer !== null) return answer;
  }
  return no(`Cutover {id} is in the ${place} phase: ${nothing}`);
}

/** The second of the default plan. */
const STAGE = 'stage 10 % (2 of 6) of {id}';
const whereOf = (place: OperatorPlace) => (place === 'stage' ? STAGE : `the ${place} phase of {id}`);

const PAUSED: Readonly<Record<Steering, Answer>> = {
  pause: no('Cutover {id} is paused already, by '),
  resume: yes(`Resumed ${STAGE}.`),
  promote: no('Cutover {id} is paused; resume it first.'),
  'promote --override': no('Cutover {id} is paused; resume it first.'),
  retry: yes('Stage 10 % (2 of 6) of {id} starts again at the next evaluation'),
};

/** Before the first evaluation; null where the phase does not know the action. */
const RUNNING: Readonly<Record<Steering, (place: OperatorPlace) => Answer | null>> = {
  pause: (place) => yes(`Paused ${whereOf(place)} until `),
  resume: () => no('Cutover {id} is not paused.'),
  promote: (place) => (LOOKING.includes(place) ? no(`The evidence for ${whereOf(place)} is not in yet.`) : null),
  'promote --override': (place) =>
    LOOKING.includes(place)
      ? yes('advances at the next evaluation without its evidence, unless something is unsafe.')
      : null,
  retry: (place) =>
    LOOKING.includes(place) && place !== 'exercise'
      ? yes('starts again at the next evaluation, at the same weights')
      : null,
};

/** The stage stays as it is, with its percentage in the answers. */
const nameOf = (place: OperatorPlace) =>
  SIGNOFFS.includes(place) ? describePlace({ phase: place, stage: 0 }, undefined) : place;

export function actionsPage(): Page {
  const answers = OPERATOR_ACTIONS.flatMap((action) =>
    OPERATOR_PLACES.map((place) => ({ action, place, ...answerAt(action, place) })),
  );
  const sentences = Map.groupBy(answers, ({ action, accepted, says }) => `${accepted}|${action}|${says}`);
  return page(
    'docs/reference/actions.md',
    'Actions of an operator',
    'The table shows what each command does in each phase of a run: ✓ means that it takes effect (exit code 0), – that it is refused (exit code 1); the answer then ends with “Nothing was changed.” `test/cli/actions.slow.test.ts` runs every pair. No evaluation has happened yet in the phases shown; `promote` takes effect once the evidence is complete. The stage is the second of the default plan.',
    markdownTable(
      ['', ...OPERATOR_ACTIONS.map(markdownCode)],
      OPERATOR_PLACES.map((place) => [
        nameOf(place),
        ...OPERATOR_ACTIONS.map((action) => (answerAt(action, place).accepted ? '✓' : '–')),
      ]),
    ),
    'A drill, a preflight and a baseline can only be ended. From `rolling back` on, only `rollback` takes effect; it is safe to repeat at any time. On a completed cutover `rollback` moves nothing, and ends with exit code 1 if customers are on the candidate; only `rollback --break-glass` moves them. Preflight refuses `start` while a run owns the ingress, while one is being rolled back, and for four minutes after a rollback.',
    '## Answers',
    markdownTable(
      ['command', 'takes effect', 'phase', 'answer'],
      [...sentences.values()].map((all) => [
        markdownCode(all[0]?.action ?? ''),
        all[0]?.accepted === true ? '✓' : '–',
        all.map(({ place }) => nameOf(place)).join('; '),
        markdownCode(all[0]?.says ?? ''),
      ]),
    ),
  );
}
