import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decisionLogLines } from '../../core/model/decision-log.ts';
import type { PlanInput } from '../../core/model/plan.ts';
import { crossfade } from '../support/cli.ts';
import { DEPLOYMENT } from '../support/deployment.ts';
import { CUTOVER } from '../support/memory-world.ts';
import { recordedRun } from '../support/recorded-run.ts';

const PLAN: PlanInput = {
  gate: { warmUp: 'PT0S' },
  stages: [
    { percent: 10, bake: 'PT5M' },
    { percent: 100, bake: 'PT5M' },
  ],
};
const counts = (requests: number) => ({ requests, target5xx: 0, connectionErrors: 0, slow: 0 });

let dir: string;
let log: string;
let lines: string[];
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'crossfade-replay-'));
  const entries = await recordedRun(PLAN, (stage, _minute, at) => ({
    minute: Math.floor(at / 60_000) * 60_000,
    stable: stage === 0 ? counts(9_000) : null,
    candidate: counts(stage === 0 ? 1_000 : 10_000),
    elb5xx: 0,
  }));
  lines = [...decisionLogLines({ ingressId: DEPLOYMENT.ingressId, cutoverId: CUTOVER }, entries)];
  log = await file('log.ndjson', lines.join('\n'));
});
afterAll(() => rm(dir, { recursive: true }));

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(dir, name), text);
  return join(dir, name);
}

describe('crossfade replay', () => {
  it('takes a log’s decisions again and finds them as recorded', async () => {
    const { code, stdout } = await crossfade(['replay', log]);
    expect(stdout).toMatch(/stage 10 %: advanced at .* after 5\.0 min; unchanged\./);
    expect(stdout).toContain('All 10 decisions match the recorded ones, figures included.');
    expect(code).toBe(0);
  });

  it('shows what another plan would have changed, and says so by its exit code', async () => {
    const other = await file(
      'other.json',
      JSON.stringify({ ...PLAN, gate: { warmUp: 'PT0S', warmUpErrors: 'PT0S', accelerate: true, minBake: 'PT2M' } }),
    );
    const { code, stdout } = await crossfade(['replay', log, '--plan', other]);
    expect(stdout).toMatch(/stage 10 %: advanced .*; replayed: advanced at .*, after 3\.0 min \(2\.0 min sooner\)/);
    expect(stdout).toContain('4 of 10 decisions would have been different.');
    expect(code).toBe(1);
  });

  it('writes JSON for scripts', async () => {
    const { code, stdout } = await crossfade(['replay', log, '--json']);
    expect(code).toBe(0);
    const { header, looks, summary } = JSON.parse(stdout);
    expect(header).toMatchObject({ format: 'crossfade.decisions', v: 1, cutoverId: 'one' });
    expect(looks).toHaveLength(10);
    expect(summary).toMatchObject({ changed: 0, looks: 10 });
  });

  it('names the file, the line and the field of what it cannot read', async () => {
    const bad = await file('bad.ndjson', [...lines.slice(0, 4), lines[4]?.replace('"alarms"', '"alarm"')].join('\n'));
    expect(await crossfade(['replay', bad])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/bad\.ndjson, line 5: data\.alarms: /),
    });
  });

  it.each([
    ['no file', 'none.ndjson', null, /none\.ndjson/],
    ['an empty file', 'empty.ndjson', '', /is empty/],
    ['a run that was never watched', 'unwatched.ndjson', 3, /has no evaluation/],
  ])('refuses %s', async (_name, name, content, message) => {
    if (content !== null) await file(name, typeof content === 'string' ? content : lines.slice(0, content).join('\n'));
    const { code, stderr } = await crossfade(['replay', join(dir, name)]);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });

  it('refuses a bad plan by its field', async () => {
    const bad = await file('bad.json', '{"gates":{}}');
    expect(await crossfade(['replay', log, '--plan', bad])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('gates: unknown key'),
    });
  });
});
