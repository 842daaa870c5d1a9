/** What only a level shows: a red alarm of the mirror whose events are lost, and how many clients hang up. */
import { EVENTS_OF_ALARMS, FIRST_START, MINUTE } from './given.ts';
import { pick, type Random, whole } from './random.ts';
import { SITES, type SimulatedEvent } from './scenario.ts';

/** In two seeds of three. */
export function drawLevels(random: Random): SimulatedEvent[] {
  const items: SimulatedEvent[] = [];
  if (random() < 1 / 2)
    for (const site of SITES) items.push({ type: 'hang-ups', site, rate: pick(random, [0, 0.005, 0.02, 0.1, 0.3]) });
  return random() < 1 / 3 ? [...items, ...redMirror(random)] : items;
}

/** Its targets stay healthy: far more errors than beside it, say. The alarm may be muted before it turns red. */
function redMirror(random: Random): SimulatedEvent[] {
  const site = random() < 0.8 ? 'a' : 'b';
  const at = FIRST_START + whole(random, 35 * MINUTE);
  const length = pick(random, [3 * MINUTE, 10 * MINUTE, 30 * MINUTE]);
  const muted = { type: 'alarm', at: at - 1, site, alarm: 'mirror', edit: 'muted', for: 2 * length } as const;
  const red = { type: 'alarm', at, site, alarm: 'mirror', edit: 'ALARM', for: length } as const;
  if (random() < 0.3) return [muted, red];
  const fate = pick(random, ['lost', 'lost', 'late'] as const);
  const events = Array.from(
    { length: EVENTS_OF_ALARMS },
    (_, nth): SimulatedEvent => ({ type: 'event', site, nth, fate, late: 60 * MINUTE }),
  );
  return [red, ...events];
}
