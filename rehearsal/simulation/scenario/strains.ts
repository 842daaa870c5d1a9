/** Strains on a run besides faults and manual changes: limited capacity, deployments, several people at once. */

import { SIDES } from '../../../sides/index.ts';
import { CALLS, FIRST_START, MINUTE } from './given.ts';
import { pick, type Random, whole } from './random.ts';
import { DEPLOYMENTS, RULE_EDITS, SIMULATED_HANDLERS, type SimulatedEvent, STEERINGS, STRAYS } from './scenario.ts';

/** In one seed of three something is scarce, somebody deploys, or several people act within the same second. */
export function drawStrains(random: Random): SimulatedEvent[] {
  const times = random() < 1 / 3 ? 1 + whole(random, 3) : 0;
  return Array.from({ length: times }, () => drawStrain(random)).flat();
}

function drawStrain(random: Random): SimulatedEvent[] {
  const site = random() < 0.8 ? 'a' : 'b';
  const at = FIRST_START + whole(random, 50 * MINUTE);
  const length = pick(random, [30, 3 * MINUTE, 10 * MINUTE, 30 * MINUTE]);
  switch (whole(random, 9)) {
    case 7: {
      const edit = pick(random, RULE_EDITS);
      return [{ type: 'rule', at, site, rule: whole(random, 2), edit, for: null }];
    }
    case 0: {
      const handler = random() < 0.2 ? null : pick(random, SIMULATED_HANDLERS);
      return [{ type: 'throttled', at, site, handler, for: length }];
    }
    case 1: {
      const side = pick(random, SIDES);
      return [{ type: 'scale', at, site, side, tasks: 1 + whole(random, 3), for: length }];
    }
    case 2: {
      const handler = pick(random, SIMULATED_HANDLERS);
      const fate = pick(random, ['deny', 'throttle'] as const);
      return [{ type: 'outage', at, site, of: pick(random, CALLS[handler]), handler, fate, for: 4 * length }];
    }
    case 3:
      return [{ type: 'deploy', at, site, change: pick(random, DEPLOYMENTS) }];
    case 4:
      return [{ type: 'stray', at, site, event: pick(random, STRAYS) }];
    case 5: {
      const answer = pick(random, ['approve-refuse', 'refuse-approve'] as const);
      return [{ type: 'signoff', site, nth: whole(random, 2), answer, after: 1 + whole(random, 20 * MINUTE) }];
    }
    case 6:
      return [{ type: 'start', at, site, drill: false, again: true }];
    default:
      return [
        drawAct(random, at, site),
        drawAct(random, at, site),
        ...(random() < 0.5 ? [drawAct(random, at, site)] : []),
      ];
  }
}

/** The action of one of several people in the same second. */
function drawAct(random: Random, second: number, site: string): SimulatedEvent {
  const at = second + pick(random, [0, 0.05, 0.3, 1]);
  switch (whole(random, 4)) {
    case 0:
      return { type: 'operator', at, site, does: pick(random, ['rollback', 'abort', 'redrive']) };
    case 1:
      return { type: 'steer', at, site, asks: pick(random, STEERINGS), for: 5 * MINUTE };
    case 2:
      return { type: 'approve', at, site, run: 1 };
    default:
      return { type: 'console', at, site, percent: pick(random, [0, 50, 100]) };
  }
}
