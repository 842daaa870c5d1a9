/**
 * The port of a plan's hooks. Each is called once, with its provider's time limit; if it does not answer, the plan's
 * default applies.
 */

import * as z from 'zod';
import { SourceError } from '../../core/metrics/index.ts';
import {
  type Deployment,
  describeError,
  type HookAnswer,
  type HookStep,
  type Hooks,
  type Plan,
} from '../../core/model/index.ts';
import { describeProblems, shortened, wordIssue } from '../../input/index.ts';
import type { ProviderCall } from './callers.ts';

const LONGEST_REASON = 300;

const voteSchema = z.strictObject({
  v: z.literal(1),
  vote: z.enum(['proceed', 'hold', 'rollback']),
  reason: z.string().default(''),
});

type Hook = Plan['hooks'][number];

export function planHooks({ ingressId }: Deployment, callers: Readonly<Record<string, ProviderCall>>): Hooks {
  return {
    ask: (hooks, step) => Promise.all(hooks.map((hook) => answerOf(hook, step, callers, ingressId))),
  };
}

async function answerOf(
  { name, when, provider, otherwise }: Hook,
  step: HookStep,
  callers: Readonly<Record<string, ProviderCall>>,
  ingress: Deployment['ingressId'],
): Promise<HookAnswer> {
  try {
    const call = callers[provider];
    if (call === undefined) throw new SourceError(`the deployment has no provider ${provider} that can answer a hook`);
    const answer = voteSchema.safeParse(await call({ v: 1, ingress, hook: name, when, ...step }), { error: wordIssue });
    if (!answer.success) throw new SourceError(`its answer is wrong: ${describeProblems(answer.error, 'answer')}`);
    return { name, vote: answer.data.vote, reason: shortened(answer.data.reason, LONGEST_REASON) };
  } catch (error) {
    const why = error instanceof SourceError ? error.message : describeError(error);
    return { name, vote: otherwise, reason: shortened(`${why}; the plan says ${otherwise} then`, LONGEST_REASON) };
  }
}
