import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import { finalWeights, SAFE_SPLIT, sameWeights, weightsFor } from '../../core/model/split.ts';
import { dynamoDecisionLog } from '../../lambdas/aws/dynamo/decision-log.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/leases.ts';
import { elbIngress } from '../../lambdas/aws/elb/ingress.ts';
import { type Backend, ourBackend } from '../contract/backends.ts';
import { crossfade } from '../support/cli.ts';
import { recordedRun } from '../support/recorded-run.ts';

const AT = '2026-11-24T08:00:00.000Z';
const TEN = { candidatePercent: 10, mirror: null };

let backend: Backend;
let dir: string;
let file: string;
beforeAll(async () => {
  backend = await ourBackend();
  dir = await mkdtemp(join(tmpdir(), 'crossfade-operate-'));
  file = join(dir, 'deployment.json');
  await writeFile(file, JSON.stringify({ ...backend.deployment, ledgerTable: backend.table }));
});
afterAll(async () => {
  await backend.stop();
  await rm(dir, { recursive: true });
});

const run = (...args: string[]) => crossfade([...args, '--deployment', file], backend.environment);

describe('the operator’s commands', () => {
  it('show an ingress on which nothing has run', async () => {
    const { code, stdout } = await run('status');
    expect(stdout).toContain('no cutover has run here');
    expect(code).toBe(0);
  });

  it('print the runbook of one alarm, by its whole name or its own', async () => {
    const { ingressId } = backend.deployment;
    const whole = await run('runbook', `${ingressId}-elb-5xx`, '--ingress', ingressId);
    expect(whole.code).toBe(0);
    expect(whole.stdout).toContain(
      `aws elbv2 describe-target-health --target-group-arn '${backend.deployment.targetGroups.candidate.arn}'`,
    );
    expect(await run('runbook', 'elb-5xx', '--ingress', ingressId)).toEqual(whole);
    expect(whole.stdout).not.toContain('no-traffic');
  });

  it('say that customers are safe while they are', async () => {
    expect((await run('status')).stdout).toContain('You are safe: all traffic is on stable.');
    expect(JSON.parse((await run('status', '--json')).stdout)).toMatchObject({ safe: true, drift: false, item: null });
  });

  it('say of a deleted rule how it is made anew, and not that all is well', async () => {
    const other = join(dir, 'deleted.json');
    const [first, ...rest] = backend.deployment.rules;
    const rules = [{ ...first, arn: `${first?.arn}0` }, ...rest];
    await writeFile(other, JSON.stringify({ ...backend.deployment, rules, ledgerTable: backend.table }));
    const { stdout } = await crossfade(['status', '--deployment', other], backend.environment);
    expect(stdout).toMatch(/: deleted.*no longer forwards.*another priority in the stack/s);
    expect(stdout).not.toContain('You are safe');
    const json = await crossfade(['status', '--json', '--deployment', other], backend.environment);
    expect(JSON.parse(json.stdout)).toMatchObject({ safe: false });
  });

  it('show a run, roll it back, and then find nothing amiss', async () => {
    const { deployment } = backend;
    const ledger = dynamoLeases(backend.dynamo, backend.table);
    const ingress = elbIngress(backend.elb, deployment);
    const weights = weightsFor(deployment, TEN);
    const intent = { split: TEN, weights, at: AT, confirmed: true };
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:m:none';
    await ledger.claim({
      ingressId: deployment.ingressId,
      cutoverId: cutoverIdSchema.parse('first'),
      executionArn,
      at: AT,
      intent,
      heartbeatDueAt: AT,
      drill: null,
      startedBy: null,
      stableGroup: null,
    });

    const drifted = await run('status');
    expect(drifted).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('DRIFT: live weights differ from the expected ones'),
    });
    for (const rule of weights) await ingress.write(rule);
    const running = await run('status');
    expect(running.stdout).not.toContain('You are safe');
    expect(running).toMatchObject({ code: 0, stdout: expect.stringContaining('cutover first is running') });

    const back = await run('rollback', '--by', 'ada', '--reason', 'I do not like it');
    expect(back.stdout).toContain('All traffic is on stable (operator ada: I do not like it)');
    expect(sameWeights(await ingress.read(), weightsFor(deployment, SAFE_SPLIT))).toBe(true);
    const shown = await run('status');
    expect(shown.stdout).toContain('by operator ada: I do not like it');
    const after = await run('status', '--json');
    expect(after.code).toBe(0);
    expect(JSON.parse(after.stdout)).toMatchObject({
      drift: false,
      item: { status: 'rolled_back', rollback: { by: 'ada' } },
    });
  });

  it('say by their exit code that a rollback leaves the customers of a completed cutover where they are', async () => {
    const { deployment } = backend;
    const ledger = dynamoLeases(backend.dynamo, backend.table);
    const ingress = elbIngress(backend.elb, deployment);
    const weights = finalWeights(deployment);
    for (const rule of weights) await ingress.write(rule);
    await ledger.claim({
      ingressId: deployment.ingressId,
      cutoverId: cutoverIdSchema.parse('whole'),
      executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:none',
      at: AT,
      intent: { split: { candidatePercent: 100, mirror: null }, weights, at: AT, confirmed: true },
      heartbeatDueAt: AT,
      drill: null,
      startedBy: null,
      stableGroup: null,
    });
    const lease = await ledger.read(deployment.ingressId);
    if (lease === null) throw new Error('the run has begun');
    await ledger.complete(lease);
    expect(await run('rollback')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(
        'Customers are on the candidate; `crossfade rollback --break-glass` returns them',
      ),
    });
    expect(sameWeights(await ingress.read(), weights)).toBe(true);
    expect(await run('rollback', '--break-glass')).toMatchObject({ code: 0 });
    expect(sameWeights(await ingress.read(), weightsFor(deployment, SAFE_SPLIT))).toBe(true);
    expect(await run('rollback')).toMatchObject({ code: 0 });
  });

  it('show what people and services wrote without what would steer the terminal', async () => {
    const weights = weightsFor(backend.deployment, TEN);
    const { ingressId } = backend.deployment;
    const hostile = 'red\u001b[31m, and \u009b2J, and \u202eback\nnext';
    const ledger = dynamoLeases(backend.dynamo, backend.table);
    await ledger.claim({
      ingressId,
      cutoverId: cutoverIdSchema.parse('hostile'),
      executionArn: 'arn:aws:states:us-east-1:000000000000:execution:m:none',
      at: AT,
      intent: { split: TEN, weights, at: AT, confirmed: true },
      heartbeatDueAt: AT,
      drill: null,
      startedBy: null,
      stableGroup: null,
    });
    for (const args of [['rollback', '--by', hostile, '--reason', hostile], ['status'], ['status', '--json']]) {
      const { stdout, stderr } = await run(...args);
      expect(stdout).toContain('red');
      expect(stdout + stderr).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
    }
  });

  it('put rules, show them with who put them, and refuse bad ones by the field', async () => {
    const rules = join(dir, 'rules.json');
    const none = await run('rules', 'show');
    expect(none).toMatchObject({ code: 0, stdout: '', stderr: expect.stringContaining('No rules are stored') });
    const rule = {
      kind: 'ignore',
      id: 'at',
      owner: 'shop',
      reason: 'a clock',
      expires: '2999-12-31',
      where: { pointer: '/at' },
    };
    await writeFile(rules, JSON.stringify({ v: 1, rules: [{ ...rule, owner: '' }] }));
    const bad = await run('rules', 'put', rules);
    expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('rules.0.owner') });
    await writeFile(rules, JSON.stringify({ v: 1, rules: [rule] }));
    const put = await run('rules', 'put', rules, '--by', 'ada');
    expect(put).toMatchObject({ code: 0, stdout: expect.stringMatching(/Stored: 1 rule, version [0-9a-f]{16}\./) });
    const shown = await run('rules', 'show');
    expect(shown.stderr).toContain('stored by ada at ');
    expect(JSON.parse(shown.stdout)).toEqual({ v: 1, rules: [rule] });
  });

  it('bring customers back with the listener’s permissions alone', async () => {
    const { deployment } = backend;
    const ingress = elbIngress(backend.elb, deployment);
    for (const rule of weightsFor(deployment, TEN)) await ingress.write(rule);
    const noLedger = { ...backend.environment, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:9' };
    const back = await crossfade(['rollback', '--break-glass', '--by', 'ada', '--deployment', file], noLedger);
    expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining('The ledger is unreachable') });
    expect(sameWeights(await ingress.read(), weightsFor(deployment, SAFE_SPLIT))).toBe(true);
  });

  it('export a decision log that replays as recorded, and say when there is none', async () => {
    const log = await recordedRun({ stages: [{ percent: 100, bake: 'PT3M' }] }, (_stage, _minute, at) => ({
      minute: Math.floor(at / 60_000) * 60_000,
      stable: null,
      candidate: { requests: 10_000, target5xx: 0, connectionErrors: 0, slow: 0 },
      elb5xx: 0,
    }));
    const decisionLog = dynamoDecisionLog(backend.dynamo, backend.table, backend.deployment.ingressId);
    for (const entry of log) await decisionLog.append(cutoverIdSchema.parse('exported'), entry);
    const out = join(dir, 'log.ndjson');
    expect(await run('export', 'exported', '--out', out)).toMatchObject({ code: 0, stdout: '' });
    const own = await crossfade(['replay', out]);
    const looks = log.filter(({ kind }) => kind === 'observation').length;
    expect(looks).toBeGreaterThan(2);
    expect(own).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`All ${looks} decisions match the recorded ones`),
    });
    expect(await run('export', 'nobody')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('no decision log of nobody'),
    });
  });

  it('say when no sign-off is waited for', async () => {
    expect(await run('approve', 'first')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('Cutover "first" has no pending approval.'),
    });
  });

  it('refuse a deployment that is none', async () => {
    const bad = join(dir, 'bad.json');
    await writeFile(bad, '{"ingressId":"gateway"}');
    expect(await crossfade(['status', '--deployment', bad], backend.environment)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('loadBalancer'),
    });
  });
});
