/**
 * The fenced shift: the only way in which weights move forward.
 *
 * record the intent (conditional) → write → read back → confirm (conditional). A rollback that came in between has moved
 * the generation, so the confirmation fails; this writer may then have been the last to write, and gives the listener
 * what its present owner is owed before it stops. The same holds for a newer intent of the same run.
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

/** Newer intents of the same run that one writer brings the listener in line with before it gives up. */
const MAX_SUPERSEDED = 4;

/**
 * Gives the listener `asked` if and while the run `ref` owns it. Safe to repeat. Resolves to the split that is confirmed:
 * another one than asked for where a newer intent of the run took its place, and nothing mirrored where no mirror is deployed, or it is dead while the
 * candidate answers everybody: closing it would leave the same (close-mirror.ts).
 * @throws NoHealthyTargetError before anything is written, when a side that would get customers is dead, or the shadow's mirror; FencedError when a
 * rollback or a newer run owns the ingress; WeightsNotAppliedError when the read-back differs.
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

/** Writes what an intent says and confirms it; where a newer one stands in the lease by then, that one. */
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
 * The run's own newer intent, or null. If somebody else owns the ingress by now, gives the listener what they are owed.
 * @throws FencedError
 */
async function newerIntent(
  ports: ShiftPorts,
  deployment: Deployment,
  ref: RunRef,
  current: Intent,
): Promise<Intent | null> {
  const item = await ports.ledger.read(ref.ingressId);
  if (item !== null && item.generation === ref.generation && item.status === 'running')
    return sameIntent(item.intent, current) ? null : item.intent;
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
