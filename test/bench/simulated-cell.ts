/** Runs one cell of the exposure benchmark a few times. */
import { cells } from '../../bench/exposure/cells.ts';
import { OURS } from '../../bench/exposure/policies.ts';
import { type CellResult, tally } from '../../bench/exposure/tally.ts';

/** Differs from the seeds of the reported results. */
const SEED = 77;
export const cellOf = (trace: string, rps: number, regression: string | null) => {
  const cell = cells().find(
    (c) => c.trace.name === trace && c.rps === rps && (c.regression?.name ?? null) === regression,
  );
  if (cell === undefined) throw new RangeError(`no cell ${trace}, ${rps}, ${regression}`);
  return cell;
};
export const simulated = (trace: string, rps: number, regression: string | null, runs: number): CellResult =>
  tally(cellOf(trace, rps, regression), runs, SEED, [OURS]);
