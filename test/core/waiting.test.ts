/**
 * The watchdog evaluates the candidate's counts while a sign-off is pending and while the stable side's tasks are being
 * removed.
 */
import { describe, expect, it } from 'vitest';
import { fencedShift } from '../../core/fence/shift.ts';
import type { MinuteEvidence, SideCounts } from '../../core/model/evidence.ts';
import type { AlarmReading } from '../../core/model/ports.ts';
import { type CutoverState, type Phase, parseState, stateToJson } from '../../core/model/run-state.ts';
import { isSafe, type TrafficSplit } from '../../core/model/split.ts';
import { makeHandler as signoff } from '../../lambdas/signoff.ts';
import { makeHandler as watchdog } from '../../lambdas/watchdog.ts';
import { side } from '../support/decided-stage.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

const MINUTE_MS = 60_000;
const FIVE_MINUTES = 5 * MINUTE_MS;
const REVERSE: TrafficSplit = { candidatePercent: 100, mirror: { face: 'reverse', percent: 5 } };
const FORWARD: TrafficSplit = { candidatePercent: 0, mirror: { face: 'forward', percent: 5 } };
const HEALTHY = side(30_000, 30);

/** A run at this split that has asked for the sign-off after this phase. */
async function asked(world: MemoryWorld, phase: 'exercise' | 'soak', split: TrafficSplit): Promise<CutoverState> {
  const before = await atFirstStage(world);
  const since = new Date(world.now).toISOString();
  const state = { ...before, phase, since, split, stage: phase === 'soak' ? before.plan.stages.length - 1 : -1 };
  const heartbeatDueAt = new Date(world.now + 96 * 3_600_000).toISOString();
  await fencedShift(world, DEPLOYMENT, state, split, { phase, stage: state.stage, heartbeatDueAt });
  await signoff(world)({ state: stateToJson(state), token: 'token' });
  return state;
}

/** Lets time pass until the next evaluation is due, with minutes for which the load balancer reports `counts`. */
function pass(world: MemoryWorld, counts: Partial<MinuteEvidence>): void {
  const first = Math.ceil(world.now / MINUTE_MS) * MINUTE_MS;
  world.now = Math.ceil((world.now + 10 * MINUTE_MS) / FIVE_MINUTES) * FIVE_MINUTES;
  const length = Math.floor((world.now - first) / MINUTE_MS);
  const minutes = Array.from(
    { length },
    (_, i): MinuteEvidence => ({ minute: first + i * MINUTE_MS, stable: null, candidate: null, elb5xx: 0, ...counts }),
  );
  world.minuteEvidence = [...world.minuteEvidence, ...minutes];
}

const failing = (requests: number): SideCounts => side(requests, requests / 10);

describe('while the final sign-off is waited for', () => {
  it('a candidate that begins to fail a tenth goes back, and people read why', async () => {
    const world = new MemoryWorld();
    await asked(world, 'soak', REVERSE);
    pass(world, { candidate: HEALTHY });
    expect(await watchdog(world)()).toMatchObject({ action: 'none' });
    pass(world, { candidate: failing(30_000) });
    expect(await watchdog(world)()).toMatchObject({ action: 'rollback', outcome: { outcome: 'rolled_back' } });
    expect(isSafe(DEPLOYMENT, world.live)).toBe(true);
    expect(world.item).toMatchObject({
      status: 'rolled_back',
      rollback: { trigger: 'gate', by: 'final sign-off, by the watchdog' },
    });
    expect(world.notices.at(-1)?.body).toMatch(/Candidate is worse than the baseline: errors/);
  });

  it('a mirror that fails is closed, and the wait goes on', async () => {
    const world = new MemoryWorld();
    await asked(world, 'soak', REVERSE);
    pass(world, { candidate: HEALTHY, mirror: side(1_500, 900) });
    expect(await watchdog(world)()).toMatchObject({ action: 'mirror', outcome: { outcome: 'closed' } });
    expect(world.item).toMatchObject({ status: 'running', intent: { split: { candidatePercent: 100, mirror: null } } });
  });

  it('it looks as often as the soak did', async () => {
    const world = new MemoryWorld();
    await asked(world, 'soak', REVERSE);
    pass(world, { candidate: failing(30_000) });
    world.now += MINUTE_MS;
    expect(await watchdog(world)()).toMatchObject({ action: 'none' });
    world.now += 4 * MINUTE_MS;
    expect(await watchdog(world)()).toMatchObject({ action: 'rollback' });
  });

  it('a request of an earlier version, which has no state, is waited for as before', async () => {
    const world = new MemoryWorld();
    await asked(world, 'soak', REVERSE);
    const [request] = world.approvalRequests;
    if (request === undefined) throw new Error('nobody was asked');
    world.approvalRequests.splice(0, 1, { ...request, state: undefined });
    pass(world, { candidate: failing(30_000) });
    expect(await watchdog(world)()).toMatchObject({ action: 'none' });
  });
});

const RED = 'gateway-red';
const alarm = (reading: Partial<AlarmReading>): AlarmReading[] => [
  { name: RED, state: 'OK', actionsEnabled: true, mutedBy: [], ...reading },
];

describe.each([
  ['final', 'soak', REVERSE],
  ['shadow', 'exercise', FORWARD],
] as const)('while the %s sign-off is waited for, alarms are read by their level', (_kind, phase, split) => {
  it('one that is red takes everybody back, although its event was lost', async () => {
    const world = new MemoryWorld();
    await asked(world, phase, split);
    pass(world, { candidate: HEALTHY, stable: HEALTHY });
    expect(await watchdog(world)()).toMatchObject({ action: 'none' });
    world.alarmReadings = alarm({ state: 'ALARM' });
    pass(world, { candidate: HEALTHY, stable: HEALTHY });
    expect(await watchdog(world)()).toMatchObject({ action: 'rollback', outcome: { outcome: 'rolled_back' } });
    expect(isSafe(DEPLOYMENT, world.live)).toBe(true);
    expect(world.notices.at(-1)?.body).toContain(`Alarm ${RED} is in ALARM`);
  });

  it('one of somebody else’s that is red, or none of which is known, takes nobody back', async () => {
    const world = new MemoryWorld();
    await asked(world, phase, split);
    world.alarmReadings = [...alarm({ state: 'INSUFFICIENT_DATA' }), ...alarm({ name: 'others', state: 'ALARM' })];
    pass(world, { candidate: HEALTHY, stable: HEALTHY });
    expect(await watchdog(world)()).toMatchObject({ action: 'none' });
  });

  it('one that is muted matters while the candidate has customers', async () => {
    const world = new MemoryWorld();
    await asked(world, phase, split);
    world.alarmReadings = alarm({ mutedBy: ['the weekend'] });
    pass(world, { candidate: HEALTHY, stable: HEALTHY });
    expect(await watchdog(world)()).toMatchObject({ action: phase === 'soak' ? 'rollback' : 'none' });
  });
});

describe('while the final sign-off is waited for after its mirror was closed', () => {
  it('people are told of it once, and later looks over the old minutes find nothing to do', async () => {
    const world = new MemoryWorld();
    await asked(world, 'soak', REVERSE);
    pass(world, { candidate: HEALTHY, mirror: side(1_500, 900) });
    expect(await watchdog(world)()).toMatchObject({ action: 'mirror', outcome: { outcome: 'closed' } });
    const told = world.notices.length;
    for (const _look of [1, 2, 3]) {
      pass(world, { candidate: HEALTHY });
      expect(await watchdog(world)()).toMatchObject({ action: 'none' });
    }
    expect(world.notices).toHaveLength(told);
  });

  it('a majority of the candidate’s targets that is down takes everybody back', async () => {
    const world = new MemoryWorld();
    await asked(world, 'soak', REVERSE);
    pass(world, { candidate: HEALTHY, mirror: side(1_500, 900) });
    expect(await watchdog(world)()).toMatchObject({ action: 'mirror' });
    world.healthy.candidate = { healthy: 1, unhealthy: 3, registered: 4 };
    pass(world, { candidate: HEALTHY });
    expect(await watchdog(world)()).toMatchObject({ action: 'rollback', request: { trigger: 'gate' } });
    expect(world.item?.rollback?.reason).toContain('3 of the candidate');
  });
});

describe('while a sign-off is waited for that an earlier version asked for', () => {
  it('a candidate that begins to fail goes back, also where the plan has earlier names and is refused today', async () => {
    const world = new MemoryWorld();
    const state = stateToJson(await asked(world, 'soak', REVERSE));
    const [request] = world.approvalRequests;
    if (request === undefined) throw new Error('nobody was asked');
    const { minCapturesPerRoute: minPairsPerRoute, ...shadow } = Object(state.plan.shadow);
    const { errorBurst: errorBunch, ...gate } = Object(state.plan.gate);
    const plan = {
      ...state.plan,
      shadow: { ...shadow, minPairsPerRoute },
      gate: { ...gate, errorBunch, minBake: 'P1D', accelerate: true },
    };
    world.approvalRequests.splice(0, 1, { ...request, state: { ...state, plan } });
    pass(world, { candidate: failing(30_000) });
    expect(await watchdog(world)()).toMatchObject({ action: 'rollback', outcome: { outcome: 'rolled_back' } });
  });
});

describe('while the stable side’s tasks go', () => {
  const lookedIn = async (phase: Phase) => {
    const world = new MemoryWorld();
    const state = await asked(world, 'soak', REVERSE);
    const heartbeatDueAt = new Date(world.now + 96 * 3_600_000).toISOString();
    await world.ledger.heartbeat(state, { phase, stage: state.stage, heartbeatDueAt });
    pass(world, { candidate: failing(30_000) });
    return watchdog(world)();
  };

  it('a candidate that fails goes back, while there is a stable side', async () => {
    expect(await lookedIn('decommission')).toMatchObject({ action: 'rollback' });
  });

  it('nothing is looked for once they are gone', async () => {
    expect(await lookedIn('retention')).toMatchObject({ action: 'none' });
  });
});

describe('while the shadow’s sign-off is waited for', () => {
  it('a mirror whose customers fare worse than the others ends the run, as in the shadow', async () => {
    const world = new MemoryWorld();
    await asked(world, 'exercise', FORWARD);
    pass(world, { stable: HEALTHY, mirror: side(1_500, 150) });
    expect(await watchdog(world)()).toMatchObject({ action: 'mirror', outcome: { outcome: 'rolled_back' } });
    expect(world.item).toMatchObject({ status: 'rolled_back' });
    expect(isSafe(DEPLOYMENT, world.live)).toBe(true);
  });

  it('one whose customers fare like the others stays', async () => {
    const world = new MemoryWorld();
    await asked(world, 'exercise', FORWARD);
    pass(world, { stable: HEALTHY, mirror: side(1_500, 2) });
    expect(await watchdog(world)()).toMatchObject({ action: 'none' });
  });
});

describe('the request for a sign-off', () => {
  it('keeps the run as it was when it asked', async () => {
    const world = new MemoryWorld();
    const state = await asked(world, 'soak', REVERSE);
    expect(parseState(world.approvalRequests.at(-1)?.state)).toEqual(state);
  });
});
