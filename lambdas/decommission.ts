/**
 * Decommission: stable's tasks are removed by halves. Each step is reversible until the next, and none is taken before
 * stable's customers have gone. From here on a rollback scales up first (core/fence/return-plan.ts), because the ledger
 * was updated beforehand.
 */

import { pauseAt } from '../core/evaluation/index.ts';
import { openStep, stepDown } from '../core/fence/index.ts';
import { otherUses } from '../core/listener/index.ts';
import { type CutoverStateJson, parseState, UNSTEERED } from '../core/model/index.ts';
import { answeredByStable, nextDesired, reduce, residue } from '../core/phases/index.ts';
import { composed } from './compose/deployment.ts';
import { listener, metrics, rulesAround } from './compose/ports.ts';
import { recording } from './compose/recording.ts';
import { stableCapacity } from './compose/stable-capacity.ts';
import { type Deps, runOf, settle, tell } from './tasks/index.ts';

/**
 * Only complete minutes are read, CloudWatch publishes them up to three minutes late, and this clock may be two minutes
 * ahead, so a shorter look-back may contain none.
 */
const SHORTEST_LOOK_SECONDS = 420;

type DecommissionDeps = Pick<
  Deps,
  'deployment' | 'metrics' | 'capacity' | 'ledger' | 'decisionLog' | 'notifier' | 'clock' | 'emit'
> & {
  readonly ingress: Pick<Deps['ingress'], 'read'>;
  readonly surroundings: Pick<Deps['surroundings'], 'rules'>;
};

export function makeHandler(deps: DecommissionDeps) {
  return async (event: unknown): Promise<CutoverStateJson> => {
    const state = parseState(event);
    const at = deps.clock.now();
    const stay = (reason: string, done = false) =>
      settle(deps, state, reduce(state, { type: 'steppedDown', at, done, reason }));
    // The reducer refuses any other phase. It is called now, because a task may be removed below before it is called
    // again.
    reduce(state, { type: 'steppedDown', at, done: false, reason: '' });
    if (deps.deployment.services === undefined || state.capacity === null) {
      return stay('The stable service is not part of this deployment; its owner removes it.', true);
    }
    const lease = await deps.ledger.read(state.ingressId);
    const paused = pauseAt(lease?.steering ?? UNSTEERED, at);
    if (paused !== null) return stay(`Paused by ${paused.by} until ${paused.until}; no task is removed.`);
    const seconds = Math.max(state.plan.decommission.step, SHORTEST_LOOK_SECONDS);
    const minutes = await deps.metrics.minutes({ from: at - seconds * 1000, to: at }, 1_000);
    const left = residue(minutes, state.split);
    if (left === null) return stay('No requests were counted on either side; no task is removed without evidence.');
    if (left > 0) return stay(`Stable still answered ${left} client requests (sticky sessions); waiting.`);
    // Counts are minutes late. If somebody has changed the weights by hand since, the listener itself shows it.
    const stable = answeredByStable(deps.deployment, await deps.ingress.read());
    if (stable > 0) return stay(`The listener gives the stable side ${stable} % of the requests; no task is removed.`);
    const others = await othersOnStable(deps);
    if (others.length > 0) {
      const reason = usedByOthers(others);
      // Only an operator can end this wait, and it is evaluated again and again, so people are notified only of
      // changes.
      if (state.reason !== reason)
        await tell(deps, {
          kind: 'warning',
          ...runOf(state),
          subject: `Crossfade ${state.cutoverId}: decommission waits`,
          body: reason,
        });
      return stay(reason);
    }
    const step = state.decommissionSteps;
    const now = await deps.capacity.snapshot();
    const begun = openStep(lease, state, step);
    if (begun === null && now.desired === 0) return stay('The stable service has no tasks left.', true);
    const desired = begun ?? nextDesired(now.desired);
    await stepDown(deps, state, state.capacity, { step, desired });
    return stay(`ECS service stable: desired count ${now.desired} -> ${desired}.`);
  };
}

function usedByOthers(rules: readonly string[]): string {
  return `Requests past the cutover still reach the stable side, by ${rules.join('; ')}; no task is removed. Point them at another target group, or delete them.`;
}

/** Rules that send requests to stable which the cutover has never moved. */
async function othersOnStable({ deployment, surroundings }: DecommissionDeps): Promise<readonly string[]> {
  const own = deployment.rules.map(({ arn }) => arn);
  return otherUses(own, deployment.targetGroups.stable.arn, await surroundings.rules());
}

export const compose = composed((deployment) => ({
  ...recording(deployment),
  ingress: { read: listener(deployment).read },
  surroundings: rulesAround(deployment),
  metrics: metrics(deployment),
  capacity: stableCapacity(deployment),
}));
export const handler = (event: unknown) => makeHandler(compose())(event);
