/** What AWS does that its documentation allows and nobody expects, and what people do to it. */

import { SIDES } from '../../../sides/index.ts';
import { CALLS, EVENTS_OF_ALARMS, FIRST_START, MINUTE } from './given.ts';
import { pick, type Random, whole } from './random.ts';
import { FORWARD_HANDLERS, SERVICES, SIMULATED_HANDLERS, type SimulatedEvent } from './scenario.ts';

/** In two seeds of three, one or two of them. */
export function drawTrials(random: Random): SimulatedEvent[] {
  const times = random() < 2 / 3 ? 1 + whole(random, 2) : 0;
  return Array.from({ length: times }, () => drawTrial(random)).flat();
}

function drawTrial(random: Random): SimulatedEvent[] {
  const site = random() < 0.8 ? 'a' : 'b';
  const at = FIRST_START + whole(random, 50 * MINUTE);
  const length = pick(random, [30, 3 * MINUTE, 10 * MINUTE, 30 * MINUTE]);
  switch (whole(random, 7)) {
    case 0:
      return [{ type: 'lag', at, site, lag: pick(random, [1, 3, 5, 8]), for: length }];
    case 1:
      return [{ type: 'crowd', at, site, share: pick(random, [0.2, 0.5, 0.9]), for: length }];
    case 2:
      return [{ type: 'cookie', at, site, group: pick(random, SIDES), for: 4 * length }];
    case 3: {
      // The region: every service at once.
      const fate = pick(random, ['throttle', 'lose'] as const);
      return SERVICES.map((of) => ({
        type: 'outage',
        at,
        site,
        of,
        fate,
        for: pick(random, [30, 3 * MINUTE, 6 * MINUTE]),
      }));
    }
    case 4: {
      const handler = pick(random, SIMULATED_HANDLERS);
      return [
        { type: 'call', site, handler, step: pick(random, CALLS[handler]), nth: whole(random, 4), fate: 'freeze' },
      ];
    }
    case 5: {
      const alarm = pick(random, ['errors', 'unhealthy'] as const);
      const fate = pick(random, ['lost', 'late'] as const);
      const events = Array.from(
        { length: EVENTS_OF_ALARMS },
        (_, nth): SimulatedEvent => ({ type: 'event', site, nth, fate, late: 60 * MINUTE }),
      );
      return [{ type: 'alarm', at, site, alarm, edit: 'ALARM', for: length }, ...events];
    }
    default: {
      const handler = pick(random, random() < 0.5 ? FORWARD_HANDLERS : SIMULATED_HANDLERS);
      const nth = whole(random, handler === 'watch' || handler === 'watchdog' ? 30 : 4);
      return [{ type: 'call', site, handler, step: pick(random, CALLS[handler]), nth, fate: 'resent' }];
    }
  }
}
