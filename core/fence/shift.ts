/**
 * The fenced shift: the only way in which weights move forward.
 *
 * record the intent (conditional) → write → read back → confirm (conditional). A rollback that came in between has moved
 * the generation, so the confirmation fails; this writer may then have been the last to write, and gives the listener
 * what its present owner is owed before it stops.
 */

import {
  type Clock,
  type Deployment,
  FencedError,
  type Ingress,
  type Ledger,
  type Progress,
  type RunRef,
  type TrafficSplit,
  toIso,
  weightsFor,
} from '../model/index.ts';
import { desiredWeights } from './desired-weights.ts';
import { readBack, writeAll } from './write-weights.ts';

export interface ShiftPorts {
  readonly ingress: Ingress;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/**
 * Gives the listener `split` if and while the run `ref` owns it. Safe to repeat.
 * @throws FencedError when a rollback or a newer run owns the ingress; WeightsNotAppliedError when the read-back differs.
 */
export async function fencedShift(
  ports: ShiftPorts,
  deployment: Deployment,
  ref: RunRef,
  split: TrafficSplit,
  progress: Progress,
): Promise<void> {
  const weights = weightsFor(deployment, split);
  await ports.ledger.recordIntent(ref, { split, weights, at: toIso(ports.clock.now()), confirmed: false }, progress);
  await writeAll(ports.ingress, weights);
  try {
    await readBack(ports.ingress, weights, ports.clock);
    await ports.ledger.confirmIntent(ref);
  } catch (error) {
    await yieldToOwner(ports, deployment, ref);
    throw error;
  }
}

/** If somebody else owns the ingress by now, writes what they are owed and throws FencedError. */
async function yieldToOwner(ports: ShiftPorts, deployment: Deployment, ref: RunRef): Promise<void> {
  const item = await ports.ledger.read(ref.ingressId);
  if (item === null || item.generation === ref.generation) return;
  await writeAll(ports.ingress, desiredWeights(deployment, item));
  throw new FencedError(
    `generation ${ref.generation} was followed by ${item.generation} (${item.status}) while it shifted`,
  );
}
