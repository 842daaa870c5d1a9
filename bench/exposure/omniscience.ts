/** What an oracle knows about each minute, as soon as a gate could see it: the rates behind the counts. */
import { failedAtLeast } from '../../core/gate/counts.ts';
import { type SideCounts, UNKNOWN } from '../../core/model/evidence.ts';
import type { Look } from './gates.ts';
import type { Regression } from './traces.ts';
import type { World } from './world.ts';

export interface ToldMinute {
  /** Minutes since the weight moved; negative if the minute still belongs to the stage before. */
  readonly sinceShift: number;
  readonly stable: SideCounts | null;
  readonly candidate: SideCounts;
  /** By how much the candidate's rate exceeds stable's, and both rates, for the metric of the regression. */
  readonly more: number;
  readonly p0: number;
  readonly p1: number;
  /** The number of events that a side has counted for the regression's metric. */
  count(side: SideCounts): number;
}

/**
 * At each evaluation, the minutes since the onset that the previous one did not show. A late point is late for an
 * oracle, too, but it knows when a point does not exist.
 */
export function omniscience(world: World, { metric, onset }: Regression): (look: Look) => ToldMinute[] {
  const count = (side: SideCounts) => (metric === 'errors' ? failedAtLeast(side) : (side.slow ?? 0));
  let [seen, before] = [0, 0];
  return ({ run, visible, stageFrom, percent, minute, shown }) => {
    const told: ToldMinute[] = [];
    for (const truth of run.slice(seen, visible)) {
      const { stable, candidate } = truth;
      const isLate = shown(truth, minute - 1 - seen).candidate?.target5xx === UNKNOWN;
      if (metric === 'errors' && isLate && candidate?.target5xx !== 0) break;
      const sinceShift = seen - stageFrom;
      if (candidate !== null && seen >= onset) {
        const base = world.weather(seen);
        const more = world.excess(seen, Math.max(0, sinceShift), (sinceShift < 0 ? before : percent) / 100)[metric];
        const p0 = metric === 'errors' ? base.errorRate : base.slowRate;
        told.push({ sinceShift, stable, candidate, more, p0, p1: p0 + more, count });
      }
      seen++;
    }
    before = percent;
    return told;
  };
}
