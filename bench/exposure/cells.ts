/**
 * The cells of the benchmark: every trace healthy at every rate, every regression on steady traffic, and some on other
 * traces.
 */
import {
  behindTheGap,
  EIGHTH_DRAW,
  eighthDrawRegressions,
  queueing,
  WHERE_BOTH_FAIL,
  whereBothFail,
} from './eighth-draw.ts';
import { ELEVENTH_DRAW, eleventhDrawRegressions, TINIEST } from './eleventh-draw.ts';
import { FIFTH_DRAW, fifthDrawRegressions, neverRecovers, RECOVERING, THINNEST } from './fifth-draw.ts';
import { FOURTH_DRAW, fourthDrawRegressions, HIGH_BASES, THIN_DRAW, whilePaused } from './fourth-draw.ts';
import { BEYOND, HELD_OUT, heldOutRegressions, TOLD, WEEK } from './held-out.ts';
import { lostBesideOthers, NINTH_DRAW, ninthDrawRegressions, overAPause, PAUSED } from './ninth-draw.ts';
import { DEFAULT_PLAN } from './plans.ts';
import { REFEREE, refereeRegressions, THIN } from './referee.ts';
import { SECOND_DRAW, SPARSE, secondDrawRegressions, underLoad } from './second-draw.ts';
import { SEVENTH_DRAW, seventhDrawRegressions } from './seventh-draw.ts';
import {
  onceItIsQuiet,
  SIXTH_DRAW,
  sixthDrawRegressions,
  UNPUBLISHED,
  underLittleLoad,
  whereNobodySees,
} from './sixth-draw.ts';
import { HIDING, hidden, TENTH_DRAW, TINY, tenthDrawRegressions } from './tenth-draw.ts';
import { BY_RULE, CLEAN, HIGH_BASE, THIRD_DRAW, thirdDrawRegressions } from './third-draw.ts';
import { BEHIND_TROUBLE, THIRTEENTH_DRAW, thirteenthDrawRegressions, worseThanBoth } from './thirteenth-draw.ts';
import { named, regressions, TRACES, type Trace } from './traces.ts';
import { BOTH_DEGRADE, stillWorse, TWELFTH_DRAW, twelfthDrawRegressions } from './twelfth-draw.ts';
import type { Cell } from './world.ts';

const ALL = [
  ...TRACES,
  ...HELD_OUT,
  ...REFEREE,
  ...SECOND_DRAW,
  ...THIRD_DRAW,
  ...FOURTH_DRAW,
  ...FIFTH_DRAW,
  ...SIXTH_DRAW,
  ...SEVENTH_DRAW,
  ...EIGHTH_DRAW,
  ...NINTH_DRAW,
  ...TENTH_DRAW,
  ...ELEVENTH_DRAW,
  ...TWELFTH_DRAW,
  ...THIRTEENTH_DRAW,
];

export const RATES = [5, 50, 500, 5_000] as const;
export type Family =
  | 'designed'
  | 'held out'
  | 'referee'
  | 'second draw'
  | 'third draw'
  | 'fourth draw'
  | 'fifth draw'
  | 'sixth draw'
  | 'seventh draw'
  | 'eighth draw'
  | 'ninth draw'
  | 'tenth draw'
  | 'eleventh draw'
  | 'twelfth draw'
  | 'thirteenth draw'
  | 'beyond'
  | 'other plan';

/** Targets apply to the default plan, within the assumptions of the gate. */
export function isTargeted({ family }: { readonly family: Family }): boolean {
  return family !== 'beyond' && family !== 'other plan';
}

export function cells(): (Cell & { readonly family: Family })[] {
  const { errorMargin, slowMargin } = DEFAULT_PLAN.gate;
  const designed = regressions(errorMargin, slowMargin);
  const heldOut = heldOutRegressions(errorMargin, slowMargin);
  const twice = designed.filter((r) => r.name === 'errors 2 × margin');
  const at = (
    family: Family,
    traces: readonly Trace[],
    of: readonly (Cell['regression'] | null)[],
    rates: readonly number[] = RATES,
  ) => rates.flatMap((rps) => traces.flatMap((trace) => of.map((regression) => ({ family, trace, rps, regression }))));
  return [
    ...at('designed', TRACES, [null]),
    ...at('held out', HELD_OUT, [null]),
    ...at('referee', REFEREE, [null], [500]),
    ...at('referee', REFEREE.slice(0, 3), [null], [50, 5_000]),
    ...at('referee', THIN, [null, ...twice], [0.5]),
    ...at('referee', [named('steady', ALL)], refereeRegressions(errorMargin), [500]),
    ...at(
      'referee',
      [named('one bad five minutes yesterday', ALL)],
      refereeRegressions(errorMargin).filter((r) => r.name.startsWith('only at')),
      [500],
    ),
    ...at('referee', REFEREE.slice(0, 3), twice, [500]),
    ...at('referee', [named('candidate points late', ALL)], twice, [500]),
    ...at('second draw', SECOND_DRAW, [null, ...twice]),
    ...at('second draw', SPARSE, [null, ...twice], [0.2]),
    ...at('second draw', [named('steady', ALL)], secondDrawRegressions(errorMargin)),
    ...at('second draw', [named('diurnal', ALL)], [underLoad(errorMargin)]),
    ...at('third draw', THIRD_DRAW, [null, ...twice]),
    ...at('third draw', HIGH_BASE, [null, ...twice], [50, 500, 5_000]),
    ...at('third draw', CLEAN, [null, ...designed.filter((r) => r.name.startsWith('errors 2 × margin'))]),
    ...at('third draw', [named('steady', ALL)], thirdDrawRegressions(errorMargin, slowMargin)),
    ...at('fourth draw', FOURTH_DRAW, [null, ...twice]),
    ...at('fourth draw', HIGH_BASES, [null, ...twice], [50, 500, 5_000]),
    ...at('fourth draw', THIN_DRAW, [null, ...twice], [0.2, 0.5, 5]),
    ...at('fourth draw', [named('steady', ALL)], fourthDrawRegressions(errorMargin, slowMargin)),
    ...at(
      'fourth draw',
      [
        named('paused for forty minutes in the second stage', ALL),
        named('alarms have no data for twenty minutes of each hour', ALL),
      ],
      whilePaused(errorMargin),
    ),
    ...at('fifth draw', FIFTH_DRAW, [null, ...twice]),
    ...at(
      'fifth draw',
      THINNEST.map((name) => named(name, ALL)),
      [null, ...twice],
      [0.2, 0.5],
    ),
    ...at('fifth draw', RECOVERING, [null, neverRecovers(errorMargin)]),
    ...at('fifth draw', [named('steady', ALL)], fifthDrawRegressions(errorMargin, slowMargin)),
    ...at(
      'fifth draw',
      [named('yesterday an old release failed ten times as often', ALL)],
      refereeRegressions(errorMargin).filter((r) => r.name.startsWith('only at')),
    ),
    ...at('fifth draw', [named('flash crowd', ALL)], [underLoad(errorMargin)]),
    ...at('sixth draw', SIXTH_DRAW, [null, ...twice]),
    ...at('sixth draw', UNPUBLISHED, [whereNobodySees(errorMargin)]),
    ...at('sixth draw', [named('a tenth of the traffic from minute 75 on', ALL)], [onceItIsQuiet(errorMargin)]),
    ...at('sixth draw', [named('diurnal', ALL)], [underLittleLoad(errorMargin)]),
    ...at('sixth draw', [named('steady', ALL)], sixthDrawRegressions(errorMargin, slowMargin)),
    ...at('seventh draw', SEVENTH_DRAW, [null, ...twice]),
    ...at('seventh draw', [named('steady', ALL)], seventhDrawRegressions(errorMargin, slowMargin)),
    ...at('eighth draw', EIGHTH_DRAW, [null, ...twice]),
    ...at('eighth draw', WHERE_BOTH_FAIL, [null, whereBothFail(errorMargin)]),
    ...at(
      'eighth draw',
      [named("the candidate's metrics of an hour come at its end, all at once", ALL)],
      [behindTheGap(errorMargin)],
    ),
    ...at('eighth draw', [named('diurnal', ALL)], [queueing(slowMargin)]),
    ...at('eighth draw', [named('steady', ALL)], eighthDrawRegressions(errorMargin, slowMargin)),
    ...at('ninth draw', NINTH_DRAW, [null, ...twice]),
    ...at('ninth draw', PAUSED, [null, ...overAPause(errorMargin)]),
    ...at(
      'ninth draw',
      NINTH_DRAW.filter((trace) => trace.hangUps !== undefined),
      lostBesideOthers(errorMargin),
    ),
    ...at('ninth draw', [named('steady', ALL)], ninthDrawRegressions(errorMargin, slowMargin)),
    ...at('tenth draw', TENTH_DRAW, [null, ...twice]),
    ...at('tenth draw', TINY, [null], [0.5, 2]),
    ...at('tenth draw', HIDING, hidden(errorMargin)),
    ...at('tenth draw', [named('steady', ALL)], tenthDrawRegressions(errorMargin, slowMargin)),
    ...at('eleventh draw', ELEVENTH_DRAW, [null, ...twice]),
    ...at('eleventh draw', TINIEST, [null, ...twice], [0.1, 0.2]),
    ...at('eleventh draw', [named('steady', ALL)], eleventhDrawRegressions(errorMargin, slowMargin)),
    ...at('twelfth draw', TWELFTH_DRAW, [null]),
    ...at('twelfth draw', [BOTH_DEGRADE], [null, stillWorse(errorMargin)]),
    ...at('twelfth draw', [named('steady', ALL)], twelfthDrawRegressions(errorMargin, slowMargin)),
    ...at('thirteenth draw', THIRTEENTH_DRAW, [null]),
    ...at('thirteenth draw', [BEHIND_TROUBLE], [null, worseThanBoth(errorMargin)]),
    ...at('thirteenth draw', [named('steady', ALL)], thirteenthDrawRegressions(errorMargin, slowMargin)),
    ...at('beyond', BEYOND, [null]),
    ...at('beyond', BY_RULE, [null], [500]),
    ...at('other plan', WEEK, [null]),
    ...at('other plan', TOLD, [null, ...twice]),
    ...at('designed', [named('steady', ALL)], designed),
    ...at('designed', [named('diurnal', ALL), named('noisy neighbour', ALL)], twice),
    ...at('held out', [named('steady', ALL)], heldOut),
    ...at(
      'held out',
      [named('working day', ALL), named('neighbours at random', ALL), named('flash crowd', ALL)],
      twice,
    ),
  ];
}
