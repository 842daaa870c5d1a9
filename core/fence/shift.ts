/**
 * The fenced shift: the only way in which weights move forward.
 * It records the intent (conditional write), writes the weights, reads them back and confirms (conditional write). A
 * rollback in between increases the generation, so the confirmation fails. This writer may then have been the last to
 * write, so before it stops it gives the listener the desired weights of the present owner. The same applies if the run
 * itself has recorded a newer intent.
 */
import {
  answersAnybody,
  type Clock,
  type Deployment,
  FencedError,
  finalWeights,
  type GroupRole,
  groupRoleOfMirror,
  type Ingress,
  type Intent,
  isLeaseOf,
  type Leases,
  NoHealthyTargetError,
  type Progress,
  type RunRef,
  sameIntent,
  type TrafficSplit,
  toIso,
  weightsFor,
} from '../model/index.ts';
import { desiredWeights } from './desired-weights.ts';
import { giveBack } from './give-back.ts';
import { survey } from './return-plan.ts';
import { readBack, writeAll } from './write-weights.ts';

export interface ShiftPorts {
  readonly ingress: Ingress;
  readonly ledger: Leases;
  readonly clock: Clock;
}

/** How many newer intents of the same run one writer applies before it gives up. */
const MAX_SUPERSEDED = 4;

/**
 * Gives the listener `asked`, provided that the run `ref` owns it. Safe to repeat. Resolves to the confirmed split,
 * which can differ from `asked`: a newer intent of the run may have taken its place, and nothing is mirrored if no
 * mirror is deployed, or if it is dead while the candidate answers everybody, because closing it would have the same
 * result (close-mirror.ts).
 * @throws NoHealthyTargetError before anything is written, if a side that would get customers is dead, or the shadow's
 * mirror; FencedError if a rollback or a newer run owns the ingress; WeightsNotAppliedError if the read-back differs
 */
export async function fencedShift(
  ports: ShiftPorts,
  deployment: Deployment,
  ref: RunRef,
  asked: TrafficSplit,
  progress: Progress,
): Promise<TrafficSplit> {
  const split = await withHealthyTargets(ports.ingress, withinDeployment(deployment, asked));
  const weights = progress.phase === 'complete' ? finalWeights(deployment) : weightsFor(deployment, split);
  const intent = { split, weights, at: toIso(ports.clock.now()), confirmed: false };
  await ports.ledger.recordIntent(ref, intent, progress);
  return (await applyIntent(ports, deployment, ref, intent)).split;
}

/** Applies and confirms an intent, or the newer one that has replaced it in the lease meanwhile. */
export async function applyIntent(
  ports: ShiftPorts,
  deployment: Deployment,
  ref: RunRef,
  intent: Intent,
): Promise<Intent> {
  let current = intent;
  for (let superseded = 0; ; superseded++) {
    try {
      await writeAll(ports.ingress, current.weights);
      await readBack(ports.ingress, deployment, current.weights, ports.clock);
      await ports.ledger.confirmIntent(ref, current);
      return current;
    } catch (error) {
      const newer = await newerIntent(ports, deployment, ref, current);
      if (newer === null || superseded === MAX_SUPERSEDED) throw error;
      current = newer;
    }
  }
}

/**
 * The run's own newer intent, or null. If another run owns the ingress by now, gives the listener the desired weights
 * of that run.
 * @throws FencedError
 */
async function newerIntent(
  ports: ShiftPorts,
  deployment: Deployment,
  ref: RunRef,
  current: Intent,
): Promise<Intent | null> {
  const item = await ports.ledger.read(ref.ingressId);
  if (isLeaseOf(item, ref) && item.status === 'running') return sameIntent(item.intent, current) ? null : item.intent;
  if (item === null) throw new FencedError(`the lease of generation ${ref.generation} is missing`);
  if (item.status === 'rolling_back' || item.status === 'rolled_back')
    await giveBack(ports, deployment, await survey(ports.ingress), item);
  else await writeAll(ports.ingress, desiredWeights(deployment, item));
  throw new FencedError(
    `generation ${ref.generation} was replaced by ${item.generation} (${item.status}) during the shift`,
  );
}

/** A cutover may be deployed without a mirror. */
function withinDeployment({ targetGroups }: Deployment, split: TrafficSplit): TrafficSplit {
  const { mirror } = split;
  return mirror === null || targetGroups[groupRoleOfMirror(mirror)] !== undefined ? split : { ...split, mirror: null };
}

async function withHealthyTargets(ingress: Ingress, split: TrafficSplit): Promise<TrafficSplit> {
  const { candidatePercent, mirror } = split;
  const roles: GroupRole[] = answersAnybody(split) ? ['candidate'] : [];
  if (answersAnybody(split) && candidatePercent < 100) roles.push('stable');
  const mirrorRole = mirror === null ? null : groupRoleOfMirror(mirror);
  if (mirrorRole !== null) roles.push(mirrorRole);
  const counts = await Promise.all(roles.map((role) => ingress.health(role)));
  const dead = roles.filter((_, i) => counts[i]?.healthy === 0);
  const [fatal] = dead.filter((role) => role !== mirrorRole || candidatePercent === 0);
  if (fatal !== undefined) throw new NoHealthyTargetError(fatal);
  return dead.length === 0 ? split : { ...split, mirror: null };
}
