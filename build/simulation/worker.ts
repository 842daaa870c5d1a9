/** A thread of `npm run simulate`: simulates the given seeds, and shrinks those that break an invariant. */
import { parentPort, workerData } from 'node:worker_threads';
import {
  draw,
  type Outcome,
  type Program,
  type SimulatedScenario,
  shrink,
  simulate,
  type Violation,
} from '../../rehearsal/simulation/index.ts';

export interface Batch {
  readonly from: number;
  readonly count: number;
}

/** A seed that broke an invariant, and the fewest of its items that still do. */
export interface SimulationFinding extends Violation {
  readonly seed: number;
  readonly least: SimulatedScenario | null;
}

export interface SimulatedBatch extends Pick<Outcome, 'ends' | 'faults' | 'virtualMs' | 'toSafe' | 'callsToWrite'> {
  readonly seeds: number;
  readonly findings: readonly SimulationFinding[];
}

export interface WorkerInput {
  readonly program: Program;
  /** Number of findings of one invariant that are shrunk; further ones are only counted. */
  readonly shrunkEach: number;
}

const { program, shrunkEach }: WorkerInput = workerData;
const shrunk = new Map<string, number>();

parentPort?.on('message', (batch: Batch) => {
  void simulateBatch(batch).then((result) => parentPort?.postMessage(result));
});

async function simulateBatch({ from, count }: Batch): Promise<SimulatedBatch> {
  const ends: Record<string, number> = {};
  const faults: Record<string, number> = {};
  const toSafe: SimulatedBatch['toSafe'][number][] = [];
  const callsToWrite: number[] = [];
  const findings: SimulationFinding[] = [];
  let virtualMs = 0;
  for (let seed = from; seed < from + count; seed++) {
    const scenario = draw(seed);
    const outcome = await simulate(program, scenario);
    virtualMs += outcome.virtualMs;
    toSafe.push(...outcome.toSafe);
    callsToWrite.push(...outcome.callsToWrite);
    add(ends, outcome.ends);
    add(faults, outcome.faults);
    for (const violation of firstOfEach(outcome.violations)) findings.push(await find(seed, scenario, violation));
  }
  return { seeds: count, ends, faults, toSafe, callsToWrite, findings, virtualMs };
}

async function find(seed: number, scenario: SimulatedScenario, violation: Violation): Promise<SimulationFinding> {
  const { invariant } = violation;
  const before = shrunk.get(invariant) ?? 0;
  shrunk.set(invariant, before + 1);
  if (before >= shrunkEach) return { ...violation, seed, least: null };
  const least = await shrink(scenario, invariant, async (smaller) => {
    const { violations } = await simulate(program, smaller);
    return violations.some((v) => v.invariant === invariant);
  });
  return { ...violation, seed, least };
}

function firstOfEach(violations: readonly Violation[]): Violation[] {
  return violations.filter((v, i) => violations.findIndex((other) => other.invariant === v.invariant) === i);
}

function add(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [key, count] of Object.entries(more)) sums[key] = (sums[key] ?? 0) + count;
}
