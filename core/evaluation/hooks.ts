/** Combines the answers of a plan's hooks: one rollback means rollback, one hold means hold. */
import type { HookAnswer, Plan } from '../model/index.ts';
import type { Observation } from './observation.ts';

/**
 * The hooks that are called at a step; `percent` is that of the stage whose evidence is complete, or to which the
 * weights move.
 */
export function hooksAt({ hooks }: Plan, when: Plan['hooks'][number]['when'], percent: number): Plan['hooks'] {
  return hooks.filter((hook) => hook.when === when && (hook.stages?.includes(percent) ?? true));
}

/** Applies the answers of hooks to an observation that would advance. Hooks cannot change any other. */
export function withHooks(observation: Observation, answers: readonly HookAnswer[] | undefined): Observation {
  if (observation.decision !== 'advance' || answers === undefined) return observation;
  const objection = objectionOf(answers);
  if (objection === null) return observation;
  return { decision: objection.vote, reason: `${objection.reason} ${observation.reason}` };
}

/** Why the weights must not move; null if every hook agreed. */
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
