/** The votes of a plan's hooks on a step: one rollback is a rollback, one hold is a hold. */
import type { HookAnswer, Plan } from '../model/index.ts';
import type { Observation } from './observation.ts';

/** Those that are asked at a step; `percent` is the stage's whose evidence is in, or to which the weights move. */
export function hooksAt({ hooks }: Plan, when: Plan['hooks'][number]['when'], percent: number): Plan['hooks'] {
  return hooks.filter((hook) => hook.when === when && (hook.stages?.includes(percent) ?? true));
}

/** An observation that would advance, after its hooks were asked; any other is not theirs to change. */
export function withHooks(observation: Observation, answers: readonly HookAnswer[] | undefined): Observation {
  if (observation.decision !== 'advance' || answers === undefined) return observation;
  const objection = objectionOf(answers);
  if (objection === null) return observation;
  return { decision: objection.vote, reason: `${objection.reason} ${observation.reason}` };
}

/** Why the weights must not move; null when every hook said proceed. */
export function objectionOf(
  answers: readonly HookAnswer[],
): { readonly vote: 'hold' | 'rollback'; readonly reason: string } | null {
  const back = answers.filter(({ vote }) => vote === 'rollback');
  if (back.length > 0) return { vote: 'rollback', reason: sentence(back) };
  const held = answers.filter(({ vote }) => vote === 'hold');
  return held.length > 0 ? { vote: 'hold', reason: sentence(held) } : null;
}

function sentence(answers: readonly HookAnswer[]): string {
  const said = answers.map(
    ({ name, vote, reason }) => `Hook ${name} says ${vote}${reason === '' ? '' : `: ${reason}`}.`,
  );
  return said.join(' ');
}
