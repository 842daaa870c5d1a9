/** Many runs of all policies in one cell, and their aggregates. */
import type { Family } from './cells.ts';
import { ORACLE, ORACLE_FROM_MARGIN } from './oracle.ts';
import { ON_OUR_RAMP, OURS, policiesFor } from './policies.ts';
import type { Policy } from './policy.ts';
import { type Outcome, simulate } from './simulate.ts';
import { type Mean, meanOf, ratioOf } from './stats.ts';
import { type Cell, mix, world } from './world.ts';

export interface Row {
  readonly policy: string;
  readonly source: string;
  readonly worse: number;
  readonly undecided: number;
  /** The part of both that ended at 100 %, where only the baseline is left for comparison. */
  readonly alone: number;
  readonly failed: Mean;
  /** Minutes, over the runs that got there. */
  readonly toFull: Mean | null;
  /** This policy's failed requests minus ours, run by run. */
  readonly beyondOurs: Mean;
}

export interface CellResult {
  readonly family: Family;
  readonly trace: string;
  readonly rps: number;
  readonly regression: string | null;
  readonly metric: 'errors' | 'slow' | null;
  readonly margins: number;
  readonly runs: number;
  /** Our ramp in this cell: percentages, and longest hold in hours. */
  readonly ramp: string;
  readonly rows: readonly Row[];
  /** Our failed requests divided by the oracle's. */
  readonly ratio: Mean | null;
  readonly ratioFromMargin: Mean | null;
}

/** The seeds of the reported runs start here; the gate was designed with lower ones. */
export const FIRST_SEED = 1_000_000;

/** @param only ids of the policies to run beside the oracles. @default all */
export function tally(
  cell: Cell & { readonly family: Family },
  runs: number,
  firstSeed = FIRST_SEED,
  only?: readonly string[],
): CellResult {
  const wanted = only === undefined ? null : [...only, ORACLE, ORACLE_FROM_MARGIN];
  const policies = policiesFor(cell).filter(({ id }) => wanted === null || wanted.includes(id));
  const outcomes = policies.map((): Outcome[] => []);
  for (let run = 0; run < runs; run++) {
    const met = world(cell, mix(firstSeed + run, cell.rps));
    for (const [i, policy] of policies.entries()) outcomes[i]?.push(simulate(met, policy));
  }
  const failedOf = (id: string) => outcomes[policies.findIndex((p) => p.id === id)]?.map((o) => o.failed) ?? [];
  const own = failedOf(OURS);
  const { regression } = cell;
  const ratio = (id: string) => (regression === null ? null : ratioOf(own, failedOf(id)));
  return {
    family: cell.family,
    trace: cell.trace.name,
    rps: cell.rps,
    regression: regression?.name ?? null,
    metric: regression?.metric ?? null,
    margins: regression?.margins ?? 0,
    runs,
    ramp: (policies[0]?.ramp ?? []).map((s) => `${s.percent} % +${s.maxHold / 60} h`).join(', '),
    rows: policies.map((policy, i) => rowOf(policy, outcomes[i] ?? [], own)),
    ratio: ratio(ORACLE),
    ratioFromMargin: ratio(ORACLE_FROM_MARGIN),
  };
}

function rowOf({ id, source }: Policy, outcomes: readonly Outcome[], own: readonly number[]): Row {
  const toFull = outcomes.flatMap((o) => (o.toFull === null ? [] : [o.toFull]));
  return {
    policy: id,
    source,
    worse: outcomes.filter((o) => o.end === 'worse').length,
    undecided: outcomes.filter((o) => o.end === 'undecided').length,
    alone: outcomes.filter((o) => o.end !== 'completed' && o.toFull !== null).length,
    failed: meanOf(outcomes.map((o) => o.failed)),
    toFull: toFull.length === 0 ? null : meanOf(toFull),
    beyondOurs: meanOf(outcomes.map((o, i) => o.failed - (own[i] ?? 0))),
  };
}

export function isOnOurRamp({ policy }: Row): boolean {
  return policy.endsWith(ON_OUR_RAMP);
}
