/** Draws a scenario from a seed. Most seeds have few faults, so that the paths behind a single one are taken often. */

import { SIDES } from '../../../sides/index.ts';
import { CALLS, FIRST_START, MINUTE } from './given.ts';
import { drawLevels } from './levels.ts';
import { generator, pick, type Random, whole } from './random.ts';
import {
  ALARM_EDITS,
  FATES_OF_CALLS,
  SERVICES,
  SICKNESSES,
  SIMULATED_HANDLERS,
  SITES,
  type SimulatedEvent,
  type SimulatedHandler,
  type SimulatedScenario,
  STEERINGS,
  type Step,
} from './scenario.ts';
import { drawStrains } from './strains.ts';
import { drawTrials } from './trials.ts';

/**
 * Faults begin before this, in seconds after the start. After that the simulation observes how the watchdog handles
 * them.
 */
export const TROUBLE_ENDS = 75 * MINUTE;
/**
 * Clocks usually differ by at most this many seconds, and occasionally by this much more than a run is promised to
 * survive.
 */
const MOST_SKEW = 120;
const WILD_SKEW = 300;
/** Midnights of New Year, of a leap day, and of a change to or from daylight-saving time in Europe and in America. */
const DATES = ['2026-12-31T23:40:00Z', '2028-02-29T23:30:00Z', '2026-10-25T00:30:00Z', '2027-03-14T06:30:00Z'] as const;
/** The first seed with each kind of event. The scenarios of smaller seeds remain unchanged, because `.ci/run` uses them. */
export const FIRST_SEED = { strains: 1_000_000, trials: 2_000_000, levels: 4_000_000, losses: 10_000_000 } as const;

export function draw(seed: number): SimulatedScenario {
  const items = [...drawFaults(seed), ...drawSteering(generator(seed * 2_654_435_761 + 1))];
  const answered = drawPersons(items, generator(seed * 2_654_435_761 + 2));
  const hands = drawHands(generator(seed * 2_654_435_761 + 3));
  const strains = seed < FIRST_SEED.strains ? [] : drawStrains(generator(seed * 2_654_435_761 + 4));
  const trials = seed < FIRST_SEED.trials ? [] : drawTrials(generator(seed * 2_654_435_761 + 5));
  const levels = seed < FIRST_SEED.levels ? [] : drawLevels(generator(seed * 2_654_435_761 + 6));
  const losses = seed < FIRST_SEED.losses ? [] : drawLosses(generator(seed * 2_654_435_761 + 7));
  return { seed, items: [...answered, ...hands, ...strains, ...trials, ...levels, ...losses] };
}

/** In one seed of four, the table is lost, and the execution is stopped: nobody but its history knows the run. */
function drawLosses(random: Random): SimulatedEvent[] {
  if (random() >= 1 / 4) return [];
  const at = FIRST_START + whole(random, 40 * MINUTE);
  return [
    { type: 'ledger', at, site: 'a', ago: random() < 0.7 ? null : 60 * MINUTE },
    { type: 'operator', at: at + whole(random, MINUTE), site: 'a', does: 'abort' },
  ];
}

/** In one seed of three, somebody changes resources of the run. */
function drawHands(random: Random): SimulatedEvent[] {
  const times = random() < 1 / 3 ? 1 + whole(random, 3) : 0;
  const items = Array.from({ length: times }, () => drawHand(random));
  if (times > 0 && random() < 0.2) items.push({ type: 'date', utc: pick(random, DATES) });
  return items;
}

function drawHand(random: Random): SimulatedEvent {
  const site = random() < 0.8 ? 'a' : 'b';
  const at = FIRST_START + whole(random, 50 * MINUTE);
  const length = pick(random, [30, 3 * MINUTE, 10 * MINUTE, 30 * MINUTE]);
  switch (whole(random, 9)) {
    case 0: {
      const edit = pick(random, ['gone', 'replaced', 'sticky', 'foreign', 'bare'] as const);
      return { type: 'rule', at, site, rule: whole(random, 2), edit, for: random() < 0.7 ? length : null };
    }
    case 1:
      return {
        type: 'thief',
        at,
        site,
        group: pick(random, SIDES),
        share: pick(random, [0, 0.5]),
        for: length,
      };
    case 2: {
      const alarm = pick(random, ['errors', 'unhealthy', 'mirror'] as const);
      return { type: 'alarm', at, site, alarm, edit: pick(random, ALARM_EDITS), for: length };
    }
    case 3:
      return { type: 'unwatched', at, site, for: length };
    case 4:
      return { type: 'approve', at, site, run: 1 + whole(random, 2) };
    case 5: {
      const group = pick(random, ['stable', 'candidate', 'candidate'] as const);
      const share = pick(random, [0.05, 0.5, 1]);
      return { type: 'sick', at, site, group, how: pick(random, SICKNESSES), share, for: length };
    }
    case 6:
      return { type: 'outage', at, site, of: pick(random, SERVICES), fate: 'deny', for: length };
    case 7: {
      const handler = pick(random, SIMULATED_HANDLERS);
      return { type: 'skew', site, handler, seconds: whole(random, 2 * WILD_SKEW + 1) - WILD_SKEW };
    }
    default:
      return random() < 0.5
        ? { type: 'start', at: FIRST_START, site, drill: false }
        : { type: 'operator', at, site, does: 'redrive-first' };
  }
}

function drawFaults(seed: number): SimulatedEvent[] {
  const random = generator(seed * 2_654_435_761);
  const items: SimulatedEvent[] = [{ type: 'start', at: FIRST_START, site: 'a', drill: random() < 0.06 }];
  if (random() < 0.6) items.push({ type: 'start', at: FIRST_START + whole(random, 120), site: 'b', drill: false });
  if (random() < 0.12) return [...items, lostAnswer(random)];
  const extra = [0, 1, 1, 2, 2, 3, 3, 4, 5, 6, 8][whole(random, 11)] ?? 0;
  for (let i = 0; i < extra; i++) items.push(drawItem(random));
  // A second run, after whatever the result of the first was.
  if (random() < 0.5)
    items.push({ type: 'start', at: 10 * MINUTE + whole(random, 60 * MINUTE), site: 'a', drill: false });
  return items;
}

/** In one seed of six, every plan requires two people. */
function drawPersons(items: readonly SimulatedEvent[], random: Random): SimulatedEvent[] {
  const two = random() < 1 / 6;
  return items.map((item) => {
    if (!two || item.type !== 'start' || item.drill) return item;
    return {
      ...item,
      second: random() < 0.7 ? pick(random, ['later', 'at-once']) : pick(random, ['twice', 'silence']),
    };
  });
}

/** In one seed of three, somebody steers, once or several times. */
function drawSteering(random: Random): SimulatedEvent[] {
  const times = random() < 1 / 3 ? 1 + whole(random, 3) : 0;
  return Array.from({ length: times }, () => ({
    type: 'steer',
    at: FIRST_START + whole(random, 35 * MINUTE),
    site: random() < 0.8 ? 'a' : 'b',
    asks: pick(random, STEERINGS),
    for: pick(random, [MINUTE, 5 * MINUTE, 20 * MINUTE]),
  }));
}

function drawItem(random: Random): SimulatedEvent {
  const site = pick(random, SITES.slice(0, random() < 0.8 ? 1 : 2));
  const at = FIRST_START + whole(random, TROUBLE_ENDS - FIRST_START);
  const handler = pick(random, SIMULATED_HANDLERS);
  const length = 30 + whole(random, 15 * MINUTE);
  switch (whole(random, 26)) {
    case 0:
      return { type: 'start', at, site, drill: random() < 0.3 };
    case 1:
      return {
        type: 'signoff',
        site,
        nth: whole(random, 2),
        answer: pick(random, ['refuse', 'silence', 'approve']),
        after: 1 + whole(random, 20 * MINUTE),
      };
    case 2:
    case 3:
      return { type: 'operator', at, site, does: pick(random, ['rollback', 'abort', 'redrive']) };
    case 4:
      return { type: 'console', at, site, percent: pick(random, [0, 10, 50, 100]) };
    case 5:
      return { type: 'deploy', at, site, change: pick(random, ['nothing', 'path']) };
    case 6:
    case 7:
      return {
        type: 'deaths',
        at,
        site,
        group: pick(random, ['stable', 'candidate', 'mirror']),
        share: pick(random, [0.25, 0.5, 0.75, 1, 1]),
        for: length,
      };
    case 8:
      return { type: 'zone', at, for: length };
    case 9:
    case 10:
      return {
        type: 'sick',
        at,
        site,
        group: random() < 0.7 ? 'candidate' : 'mirror',
        share: pick(random, [0.02, 0.2, 1]),
        for: length,
      };
    case 11:
      return { type: 'ledger', at, site, ago: pick(random, [null, 60, 10 * MINUTE, 40 * MINUTE]) };
    case 12:
      return { type: 'skew', site, handler, seconds: whole(random, 2 * MOST_SKEW + 1) - MOST_SKEW };
    case 13:
    case 14:
      return {
        type: 'outage',
        at,
        site,
        of: pick(random, SERVICES.slice(0, 7)),
        fate: pick(random, ['throttle', 'lose', 'stale']),
        for: pick(random, [20, 90, 300]),
      };
    case 15:
    case 16:
      return {
        type: 'event',
        site,
        nth: whole(random, 4),
        fate: pick(random, ['lost', 'late', 'twice']),
        late: pick(random, [30, 5 * MINUTE, 30 * MINUTE]),
      };
    case 17:
      return lostAnswer(random);
    case 18: {
      const [sleeper, step] = pick(random, SLEEPERS);
      return { type: 'call', site, handler: sleeper, step, nth: whole(random, 6), fate: 'pause' };
    }
    default:
      return {
        type: 'call',
        site,
        handler,
        step: pick(random, CALLS[handler]),
        nth: whole(random, handler === 'watch' || handler === 'watchdog' ? 30 : 4),
        fate: pick(random, FATES_OF_CALLS),
      };
  }
}

/** Writes of the forward path: the answer is lost, the machine retries, and the run must continue. */
const WRITES: readonly (readonly [SimulatedHandler, Step])[] = [
  ['preflight', 'ledger.claim'],
  ['preflight', 'log.append'],
  ['baseline', 'ledger.heartbeat'],
  ['capacity', 'ledger.recordCapacity'],
  ['capacity', 'capacity.pin'],
  ['shift', 'ledger.recordIntent'],
  ['shift', 'ingress.write'],
  ['shift', 'ledger.confirmIntent'],
  ['signoff', 'approvals.open'],
  ['approved', 'ledger.heartbeat'],
  ['decommission', 'ledger.recordTasks'],
  ['decommission', 'ledger.confirmTasks'],
  ['decommission', 'capacity.scaleStable'],
  ['complete', 'ledger.complete'],
];

/** Writers that resume ten minutes later, when the ingress may belong to somebody else. */
const SLEEPERS: readonly (readonly [SimulatedHandler, Step])[] = [
  ['shift', 'ingress.write'],
  ['shift', 'ledger.confirmIntent'],
  ['close-mirror', 'ingress.write'],
  ['decommission', 'capacity.scaleStable'],
  ['capacity', 'capacity.pin'],
  ['rollback', 'ingress.write'],
];

function lostAnswer(random: Random): SimulatedEvent {
  const [handler, step] = pick(random, WRITES);
  const nth = handler === 'shift' ? whole(random, 6) : 0;
  return { type: 'call', site: 'a', handler, step, nth, fate: random() < 0.7 ? 'lose' : 'throttle' };
}
