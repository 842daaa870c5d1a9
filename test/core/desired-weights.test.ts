/** Which weights the listener should have, and when a cutover is over, tested on plain values. */
import { beforeAll, describe, expect, it } from 'vitest';
import { desiredWeights, isLeaseRestored, isMarked, isOver, mayStillWrite } from '../../core/fence/desired-weights.ts';
import type { Lease } from '../../core/model/lease.ts';
import { finalWeights, SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld, START } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const SAFE = weightsFor(DEPLOYMENT, SAFE_SPLIT);
const TEN = weightsFor(DEPLOYMENT, { candidatePercent: 10, mirror: null });
const ALL = weightsFor(DEPLOYMENT, { candidatePercent: 100, mirror: null });
const FINAL = finalWeights(DEPLOYMENT);
const iso = (ms: number) => new Date(ms).toISOString();

let running: Lease;
beforeAll(async () => {
  const world = new MemoryWorld();
  await atFirstStage(world);
  if (world.item === null) throw new RangeError('no run has begun');
  running = { ...world.item, startedAt: iso(START), intent: { ...world.item.intent, weights: TEN } };
});
const lease = (status: Lease['status'], weights = TEN, confirmedAt: number | null = START): Lease => ({
  ...running,
  status,
  intent: { ...running.intent, weights },
  rollback: {
    trigger: 'alarm',
    reason: 'red',
    by: 'gateway-red',
    requestedAt: iso(START),
    confirmedAt: confirmedAt === null ? null : iso(confirmedAt),
    verifiedAt: null,
    capacityRestoredAt: null,
    owed: [],
  },
});

describe('the listener owes', () => {
  it('the run’s intent until a rollback was asked for, and the safe weights from then on', () => {
    expect(desiredWeights(DEPLOYMENT, lease('running'))).toEqual(TEN);
    expect(desiredWeights(DEPLOYMENT, lease('completed'))).toEqual(TEN);
    expect(desiredWeights(DEPLOYMENT, lease('rolling_back'))).toEqual(SAFE);
    expect(desiredWeights(DEPLOYMENT, lease('rolled_back'))).toEqual(SAFE);
  });
});

describe('a writer of a run may be asleep', () => {
  it('for a quarter of an hour after the return was confirmed, or asked for, or the run began', () => {
    const later = (seconds: number) => START + seconds * 1000;
    expect(mayStillWrite(lease('rolled_back'), later(899))).toBe(true);
    expect(mayStillWrite(lease('rolled_back'), later(900))).toBe(false);
    expect(mayStillWrite(lease('rolled_back', TEN, later(600)), later(1_400))).toBe(true);
    expect(mayStillWrite(lease('rolling_back', TEN, null), later(899))).toBe(true);
    expect(mayStillWrite({ ...running, rollback: null }, later(899))).toBe(true);
    expect(mayStillWrite({ ...running, rollback: null }, later(900))).toBe(false);
  });
});

describe('a cutover is over', () => {
  it('by its lease where that has completed with final weights', () => {
    expect(isMarked(DEPLOYMENT, lease('completed', FINAL))).toBe(true);
    expect(isMarked(DEPLOYMENT, lease('completed', ALL))).toBe(false);
    expect(isMarked(DEPLOYMENT, lease('running', FINAL))).toBe(false);
  });

  it('by the listener, whatever the lease', () => {
    expect(isOver(DEPLOYMENT, FINAL, null)).toBe(true);
    expect(isOver(DEPLOYMENT, ALL, null)).toBe(false);
    expect(isOver(DEPLOYMENT, ALL, lease('running', ALL))).toBe(false);
  });

  it('by a completed lease where the listener gives the candidate everything, and not where somebody wrote that into the lease of a run', () => {
    expect(isOver(DEPLOYMENT, TEN, lease('completed', TEN))).toBe(false);
    expect(isOver(DEPLOYMENT, ALL, lease('completed', FINAL))).toBe(true);
    const [one, two] = [ALL[0], TEN[1]];
    if (one === undefined || two === undefined) throw new RangeError('two rules');
    expect(isOver(DEPLOYMENT, [one, two], lease('completed', FINAL))).toBe(false);
  });
});

describe('a lease is of a time before the completion that the listener shows', () => {
  const now = START + 3_600_000;
  it.each<[boolean, string, Lease['status'], typeof FINAL, number]>([
    [true, 'its run never had final weights', 'running', TEN, now],
    [true, 'its run never had final weights', 'rolled_back', TEN, now],
    [false, 'its run’s own last weights stand there', 'running', FINAL, now],
    [false, 'a late writer of the run may have written them', 'rolled_back', FINAL, START],
    [true, 'no writer of the run can have written them', 'rolled_back', FINAL, now],
    [false, 'it says so itself', 'completed', TEN, now],
  ])('%s: %s (%s)', (expected, _why, status, weights, at) => {
    expect(isLeaseRestored(DEPLOYMENT, FINAL, lease(status, weights), at)).toBe(expected);
    expect(isLeaseRestored(DEPLOYMENT, ALL, lease(status, weights), at)).toBe(false);
  });
});
