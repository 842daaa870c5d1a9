/**
 * `npm run bench -- handicaps [runs] [rps] [trace]`: the sources of the failed requests that the gate costs beyond an
 * oracle (ladder.ts), as Markdown.
 * `trace` is a part of the names of trace and regression.
 */
import { cells } from '../exposure/cells.ts';
import { dayBefore } from '../exposure/day-before.ts';
import { planFor } from '../exposure/plans.ts';
import { rampOf } from '../exposure/policies.ts';
import type { Policy } from '../exposure/policy.ts';
import { ours } from '../exposure/product.ts';
import { simulate } from '../exposure/simulate.ts';
import { FIRST_SEED } from '../exposure/tally.ts';
import { type Cell, mix, world } from '../exposure/world.ts';
import { ladder, STEPS } from './ladder.ts';

export async function run([runs = '200', rps = '500', trace = '']: string[]): Promise<void> {
  console.log(`| trace | regression | ${STEPS.join(' | ')} | onset unknown, and all else: the gate |`);
  console.log(`|${' --- |'.repeat(STEPS.length + 3)}`);
  for (const cell of cells()) {
    const name = `${cell.trace.name}, ${cell.regression?.name}`;
    if (cell.regression === null || cell.rps !== Number(rps) || !name.includes(trace)) continue;
    const costs = costsOf(cell, Number(runs));
    console.log(`| ${cell.trace.name} | ${cell.regression.name} | ${costs.map((c) => c.toPrecision(3)).join(' | ')} |`);
  }
}

/** Mean number of failed requests by step, with the gate last. */
function costsOf(cell: Cell, runs: number): number[] {
  const plan = planFor(dayBefore(cell, cell.rps).assumptions, cell.trace.gate);
  const ramp = rampOf(plan);
  const sums = new Array<number>(STEPS.length + 1).fill(0);
  for (let seed = 0; seed < runs; seed++) {
    const met = world(cell, mix(FIRST_SEED + seed, cell.rps));
    const { baseline } = dayBefore(cell, met.seed);
    const gate: Policy = { id: 'gate', source: 'core/gate', ramp, gate: ours(plan) };
    const policies = [...ladder(ramp, plan, baseline), gate];
    for (const [i, policy] of policies.entries()) sums[i] = (sums[i] ?? 0) + simulate(met, policy).failed;
  }
  return sums.map((sum) => sum / runs);
}
