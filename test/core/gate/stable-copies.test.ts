import { describe, expect, it } from 'vitest';
import { judgeAlone } from '../../../core/gate/historical-control.ts';
import { gatePolicyOf } from '../../../core/gate/plan-policy.ts';
import type { MinuteEvidence } from '../../../core/model/evidence.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { baselineSummary } from '../../support/baseline.ts';
import { binomial, generator } from '../../support/random.ts';
import { counts, minute, minutes } from './minutes.ts';

const PLAN = parsePlan({});
const SOAK = gatePolicyOf(PLAN, null, PLAN.stages.length);
const BASE = 0.001;

interface Met {
  readonly rps?: number;
  /** Rates of failures by the minute of the soak. */
  readonly candidate: (i: number) => number;
  readonly copies: (i: number) => number;
  /** Whether the mirror's counts of a minute have arrived. @default all but the newest */
  readonly arrived?: (i: number, newest: number) => boolean;
  readonly base?: number;
}

const LENGTH = 100;
const trouble = (from: number, length: number, rate: number) => (i: number) =>
  i >= from && i < from + length ? rate : BASE;

/** The minute of the first rollback of a soak that is evaluated every minute; null if there is none. */
function rolledBackAt({ rps = 500, candidate, copies, arrived, base = BASE }: Met, seed: number): number | null {
  const random = generator(seed);
  const reference = baselineSummary({ errorRate: base, errorCeiling: base + 0.0005 });
  const truth = minutes(LENGTH, (i) => {
    const answered = Math.round(rps * 60 * 0.04);
    const own = counts(60 * rps, { target5xx: binomial(random, 60 * rps, candidate(i)) });
    return minute(i, null, own, { stableCopies: { answered, failed: binomial(random, answered, copies(i)) } });
  });
  const seen = (newest: number): MinuteEvidence[] =>
    truth
      .slice(0, newest + 1)
      .map((m, i) => ((arrived ?? ((at) => at < newest))(i, newest) ? m : { ...m, stableCopies: null }));
  for (let now = 0; now < LENGTH; now++) if (judgeAlone(seen(now), SOAK, reference).decision === 'rollback') return now;
  return null;
}
const SEEDS = [1, 2, 3];
const all = (met: Met) => SEEDS.map((seed) => rolledBackAt(met, seed));

describe('copies that stable answers in the soak', () => {
  it.each<[string, Met]>([
    ['3 % for four minutes', { candidate: trouble(60, 4, 0.03), copies: trouble(60, 4, 0.03) }],
    ['from the soak’s third minute on', { candidate: trouble(3, 80, 0.03), copies: trouble(3, 80, 0.03) }],
    ['the candidate two thirds more', { candidate: trouble(60, 40, 0.05), copies: trouble(60, 40, 0.03) }],
    ['at a tenth of the traffic', { rps: 50, candidate: trouble(60, 30, 0.05), copies: trouble(60, 30, 0.05) }],
    ['a third of one minute', { candidate: trouble(60, 1, 0.3), copies: trouble(60, 1, 0.3) }],
  ])('keep the candidate where they fail as well: %s', (_name, met) => {
    expect(all(met)).toEqual(SEEDS.map(() => null));
    expect(all({ ...met, arrived: () => false }).every((at) => at !== null)).toBe(true);
  });

  it.each<[string, Met, number, number]>([
    ['twice the margin', { candidate: trouble(60, 40, 0.009), copies: () => BASE }, 60, 63],
    ['an outage', { candidate: trouble(60, 40, 0.2), copies: () => BASE }, 60, 61],
    [
      'an outage while the mirror’s counts stop coming',
      { candidate: trouble(60, 40, 0.2), copies: () => BASE, arrived: (i) => i < 60 },
      61,
      64,
    ],
    [
      'an outage without a mirror',
      { candidate: trouble(60, 40, 0.2), copies: () => BASE, arrived: () => false },
      60,
      60,
    ],
    ['at a tenth of the traffic', { rps: 50, candidate: trouble(60, 40, 0.02), copies: () => BASE }, 60, 65],
    ['beyond a trouble of both', { candidate: trouble(60, 40, 0.05), copies: trouble(60, 40, 0.01) }, 60, 63],
    ['behind a trouble of both', { candidate: trouble(60, 40, 0.052), copies: trouble(60, 40, 0.02) }, 60, 68],
    ['once that of both is over', { candidate: trouble(60, 40, 0.03), copies: trouble(60, 10, 0.03) }, 70, 75],
    ['where copies have failed all along', { candidate: trouble(60, 40, 0.03), copies: () => 0.03 }, 60, 65],
    ['where much fails anyway', { candidate: (i) => (i < 60 ? 0.02 : 0.03), copies: () => 0.02, base: 0.02 }, 60, 68],
  ])('do not excuse what only the candidate fails: %s', (_name, met, from, until) => {
    for (const at of all(met)) {
      expect(at).toBeGreaterThanOrEqual(from);
      expect(at).toBeLessThanOrEqual(until);
    }
  });
});
