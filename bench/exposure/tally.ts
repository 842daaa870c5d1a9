/** Many runs of one policy in one cell, and what they come to with 95 % confidence intervals. */
import { oracle } from './oracle.ts';
import { type Policy, planFor, policiesFor, rampOf } from './policies.ts';
import { type Cell, simulate } from './simulate.ts';

export interface Row {
  readonly trace: string;
  readonly rps: number;
  readonly regression: string | null;
  readonly margins: number;
  readonly policy: string;
  readonly source: string;
  readonly runs: number;
  readonly aborts: number;
  readonly failed: Mean;
  /** Minutes, over the runs that came there. */
  readonly toFull: Mean | null;
}

export interface Mean {
  readonly mean: number;
  /** Half the width of the 95 % interval. */
  readonly half: number;
}

export function tally(cell: Cell, runs: number): Row[] {
  const plan = planFor(cell.rps);
  const fixed = policiesFor(plan, cell);
  const limit = cell.regression === null ? [] : [(seed: number) => oracle(cell, rampOf(plan), seed)];
  return [...fixed.map((p) => () => p), ...limit].map((make) => rowOf(cell, make, runs));
}

export function rowOf(cell: Cell, make: (seed: number) => Policy, runs: number): Row {
  const { id, source } = make(0);
  const [failed, toFull]: [number[], number[]] = [[], []];
  let aborts = 0;
  for (let seed = 1; seed <= runs; seed++) {
    // The same seeds for every policy, far apart for every run.
    const mixed = Math.imul(seed, 0x9e3779b1) ^ cell.rps;
    const outcome = simulate(cell, make(mixed), mixed);
    if (outcome.aborted) aborts++;
    failed.push(outcome.failed);
    if (outcome.toFull !== null) toFull.push(outcome.toFull);
  }
  const { trace, rps, regression } = cell;
  return {
    trace: trace.name,
    rps,
    regression: regression?.name ?? null,
    margins: regression?.margins ?? 0,
    policy: id,
    source,
    runs,
    aborts,
    failed: meanOf(failed),
    toFull: toFull.length === 0 ? null : meanOf(toFull),
  };
}

function meanOf(values: readonly number[]): Mean {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / Math.max(1, values.length - 1);
  return { mean, half: 1.96 * Math.sqrt(variance / values.length) };
}

/** Wilson's 95 % interval of a share (Wilson 1927). */
export function wilson(count: number, runs: number): readonly [number, number] {
  const z = 1.96;
  const [p, z2] = [count / runs, z * z];
  const centre = (p + z2 / (2 * runs)) / (1 + z2 / runs);
  const half = (z / (1 + z2 / runs)) * Math.sqrt((p * (1 - p)) / runs + z2 / (4 * runs * runs));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}
