import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { captureRecordSchema } from '../../capture/format/record.ts';
import { parseEntry, parseHeader } from '../../core/model/decision-log.ts';
import { deploymentSchema } from '../../core/model/deployment.ts';
import { readEntry } from '../../core/model/lease.ts';
import { parsePlan } from '../../core/model/plan.ts';
import { parseState, stateToJson } from '../../core/model/run-state.ts';
import { Replay } from '../../core/phases/replay.ts';
import { unpack } from '../../lambdas/aws/dynamo/parity-item.ts';
import { makeHandler as rollback } from '../../lambdas/rollback.ts';
import { makeHandler as watch } from '../../lambdas/watch.ts';
import { EMPTY_TALLY } from '../../parity/tally/tally.ts';
import { captured } from '../support/captured.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { atFirstStage } from '../support/run.ts';

/**
 * Artefacts that handlers of earlier commits wrote. The logs are named after their commits. Most of the plans would be
 * refused today.
 */
const DIRECTORY = new URL('./earlier/', import.meta.url);
const linesOf = (name: string) => readFileSync(new URL(name, DIRECTORY), 'utf8').trim().split('\n');
const LOGS = readdirSync(DIRECTORY).filter((name) => name !== 'states.ndjson');
const STATES = linesOf('states.ndjson').map((line) => {
  const { writtenBy, state } = z
    .object({ writtenBy: z.string(), state: z.looseObject({ plan: z.unknown() }) })
    .parse(JSON.parse(line));
  return { writtenBy, state };
});

function replayOf(name: string) {
  const replay = new Replay(null);
  const [header = '', ...entries] = linesOf(name);
  parseHeader(header);
  for (const [i, text] of entries.entries()) replay.add(parseEntry(text, i + 2), i + 2);
  return replay.summary();
}

const PLAN = {
  stages: [
    { percent: 10, bake: 'PT5M' },
    { percent: 100, bake: 'PT5M' },
  ],
};
const ENTRY = {
  at: '2026-11-24T08:00:00.000Z',
  kind: 'phase',
  phase: 'preflight',
  stage: -1,
  by: 'machine',
  message: 'Passed.',
};

describe('a run that an earlier version began', () => {
  it.each(STATES)('is taken up in its first stage ($writtenBy)', async ({ state }) => {
    const world = new MemoryWorld();
    await atFirstStage(world, PLAN);
    world.now += 60_000;
    const next = parseState(await watch(world)(state));
    expect(next).toMatchObject({ phase: 'stage', stage: 0, next: 'hold', cutoverId: state.cutoverId });
    expect(parseState(stateToJson(next))).toEqual(next);
  });

  it.each(STATES)('is brought back with its state ($writtenBy)', async ({ state }) => {
    const world = new MemoryWorld();
    await atFirstStage(world, PLAN);
    expect(await rollback(world)({ ...state, error: { Error: 'Crossfade.Transient' } })).toMatchObject({
      phase: 'rollback',
    });
  });

  it('keeps what earlier names said', () => {
    const [first] = STATES;
    const plan = {
      ...Object(first?.state.plan),
      shadow: { minPairsPerRoute: 7 },
      gate: { errorBunch: 4, alpha: 1e-12 },
    };
    const read = parseState({ ...first?.state, plan });
    expect(read.plan.shadow.minCapturesPerRoute).toBe(7);
    expect(read.plan.gate).toMatchObject({ errorBurst: 4, alpha: 1e-9 });
  });

  it('has a plan that nobody could start today', () => {
    const refused = STATES.filter(({ state }) => {
      try {
        parsePlan(state.plan);
        return false;
      } catch {
        return true;
      }
    });
    expect(refused.map(({ writtenBy }) => writtenBy)).toEqual(['708aef2', '8a5722d', 'c2e01b0', 'fc2996f', '75bb971']);
  });
});

describe('a run that a newer version began', () => {
  const newer = (more: object) => ({ ...STATES.at(-1)?.state, ...more });

  it('keeps what the newer version added, in the state and in the baseline', () => {
    const baseline = { ...new MemoryWorld().baselineSummary, tide: 1 };
    const state = parseState(newer({ moon: 'full', baseline }));
    expect(stateToJson({ ...state, reason: 'x' })).toMatchObject({ moon: 'full', baseline: { tide: 1 }, reason: 'x' });
  });

  it.each([
    ['with a phase that is not known here', newer({ phase: 'orbit' }), /phase: must be/],
    ['with a plan that asks for more', newer({ plan: { orbit: 1 } }), /plan\.orbit: unknown key/],
  ])('is refused %s, and the sentence says why', (_what, state, problem) => {
    expect(() => parseState(state)).toThrow(problem);
    expect(() => parseState(state)).toThrow(/by a newer version that is no longer deployed/);
  });
});

describe('a decision log of an earlier version', () => {
  it.each(LOGS)('is replayed, and its decisions are the same (%s)', (name) => {
    expect(replayOf(name)).toMatchObject({ looks: 4, changed: 0, incomplete: 0 });
  });

  it('that kept too little to decide again says so', () => {
    const early = { ...ENTRY, kind: 'observation', phase: 'stage', data: { decision: 'hold' } };
    const [, begun = ''] = linesOf('708aef2.ndjson');
    const replay = new Replay(null);
    replay.add(parseEntry(begun, 2), 2);
    expect(() => replay.add(parseEntry(JSON.stringify(early), 5), 5)).toThrow(
      /line 5: .*data\.minutes: is required.*an early version wrote it/,
    );
  });
});

describe('a decision log of a newer version', () => {
  it('says by what to replay it', () => {
    const header = { format: 'crossfade.decisions', v: 2, ingressId: 'shop', cutoverId: 'first' };
    expect(() => parseHeader(JSON.stringify(header))).toThrow(
      'line 1: v: must be 1 (got 2). If nobody edited it, a newer version of Crossfade wrote it: replay it with that one',
    );
    const entry = JSON.stringify({ ...ENTRY, kind: 'orbit' });
    expect(() => parseEntry(entry, 3)).toThrow(/a newer version of Crossfade wrote it: replay it with that one/);
  });

  it('is shown entry by entry, whatever an entry is', () => {
    expect(readEntry(ENTRY)).toEqual(ENTRY);
    const newer = { ...ENTRY, kind: 'orbit', height: 7 };
    expect(readEntry(newer)).toMatchObject({
      at: ENTRY.at,
      kind: 'warning',
      message: '[orbit: an entry that this version of Crossfade does not know] Passed.',
      data: newer,
    });
    for (const value of [null, 7, [], { phase: 'orbit' }])
      expect(readEntry(value)).toMatchObject({ kind: 'warning', data: value });
  });
});

describe('a deployment of another version', () => {
  const { mirrorForward, mirrorReverse, ...groups } = DEPLOYMENT.targetGroups;
  const service = (name: string) => ({ cluster: 'tap', service: name });

  it('is read where the mirror was a tap, and names that users gave stay', () => {
    const earlier = {
      ...DEPLOYMENT,
      rules: JSON.parse(JSON.stringify(DEPLOYMENT.rules).replaceAll('mirrorF', 'tapF').replaceAll('mirrorR', 'tapR')),
      targetGroups: { ...groups, tapForward: mirrorForward, tapReverse: mirrorReverse },
      services: { stable: service('tap'), candidate: service('c'), tap: service('tapForward') },
    };
    const services = { stable: service('tap'), candidate: service('c'), mirror: service('tapForward') };
    expect(deploymentSchema.parse(earlier)).toEqual({ ...DEPLOYMENT, services });
  });

  it('is read where a newer one has more', () => {
    expect(deploymentSchema.parse({ ...DEPLOYMENT, orbit: 1 })).toEqual(DEPLOYMENT);
  });
});

describe('tallies of another version', () => {
  const stored = (tally: object) => unpack(gzipSync(JSON.stringify({ 'GET /': tally })));

  it('are read where nothing was learned of noise yet', () => {
    const { combinations: _combinations, noisy: _noisy, ...earlier } = { ...EMPTY_TALLY, pairs: 7, same: 7 };
    expect(stored(earlier)).toEqual({ 'GET /': { ...EMPTY_TALLY, pairs: 7, same: 7 } });
  });

  it('are read where a newer one counts more', () => {
    expect(stored({ ...EMPTY_TALLY, orbit: 1 })).toEqual({ 'GET /': EMPTY_TALLY });
  });
});

describe('a capture of a version that cannot be read', () => {
  it.each([1, 4])('says by what to read it (version %i)', (v) => {
    const { error } = captureRecordSchema.safeParse({ ...captured(), v });
    expect(error?.issues[0]?.message).toBe(
      `must be 2 or 3 (got ${v}): read it with the version of Crossfade that wrote it, or capture anew`,
    );
  });
});
