/** The doctor's command, run over moto: it examines an account of a foreign implementation. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AddTagsCommand,
  ModifyLoadBalancerAttributesCommand,
  ModifyTargetGroupAttributesCommand,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { CreateTopicCommand, SetTopicAttributesCommand } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Clients,
  clients,
  lookAtBalancer,
  lookAtCaller,
  lookAtDeployed,
  lookAtGroup,
  lookAtListener,
} from '../../cli/account/look/index.ts';
import { allowsService } from '../../core/doctor/resource-policy.ts';
import { crossfade } from '../support/cli.ts';
import { BACKENDS, type Backend } from './backends.ts';

const MOTO = BACKENDS.find(([name]) => name === 'moto');

describe.skipIf(MOTO === undefined)('the doctor over moto', () => {
  let moto: Backend;
  let all: Clients;
  let folder: string;
  let listenerArn: string;
  const set = { ...process.env };

  beforeAll(async () => {
    moto = await (MOTO?.[1] ?? (() => Promise.reject(new Error('no moto'))))();
    // The clients read the endpoint of AWS from the environment, as they do for operators.
    Object.assign(process.env, moto.environment);
    // moto has no mute rules; this client answers as AWS would.
    all = { ...clients(), alarms: moto.cloudWatch };
    folder = mkdtempSync(join(tmpdir(), 'crossfade-doctor-'));
    listenerArn = (moto.deployment.rules[0]?.arn ?? '')
      .replace(':listener-rule/', ':listener/')
      .replace(/\/[^/]+$/, '');
  });
  afterAll(async () => {
    for (const client of Object.values(all)) client.destroy();
    for (const name of Object.keys(moto.environment)) {
      if (set[name] === undefined) delete process.env[name];
      else process.env[name] = set[name];
    }
    rmSync(folder, { recursive: true, force: true });
    await moto.stop();
  });

  const attachFile = (over: object = {}) => {
    const { stable, candidate } = moto.deployment.targetGroups;
    const file = join(folder, 'attach.json');
    writeFileSync(
      file,
      JSON.stringify({
        ingressId: 'shop',
        listeners: [{ arn: listenerArn, priority: 30, paths: ['/api/*'] }],
        groups: { stable: stable.arn, candidate: candidate.arn },
        ...over,
      }),
    );
    return file;
  };
  const doctor = async (...args: string[]) => {
    const result = await crossfade(['doctor', ...args], moto.environment);
    return {
      ...result,
      says: (check: string) => result.stdout.split('\n').filter((line) => line.includes(`  ${check} `)),
    };
  };

  it('reads a listener with its rules, their conditions and the groups that they forward to', async () => {
    const listener = await lookAtListener(all, listenerArn);
    expect(listener.loadBalancerArn).toContain(':loadbalancer/app/');
    const { stable, candidate } = moto.deployment.targetGroups;
    expect(listener.rules.find(({ priority }) => priority === 20)).toMatchObject({
      conditions: { paths: ['/*'], hosts: [] },
      guards: [],
      forwards: new Map([
        [stable.arn, 100],
        [candidate.arn, 0],
      ]),
    });
    expect(listener.rules.find(({ priority }) => priority === Number.POSITIVE_INFINITY)?.forwards).toBeNull();
  });

  it('reads whether a load balancer holds back what two servers may read in two ways', async () => {
    const { loadBalancerArn } = await lookAtListener(all, listenerArn);
    const arn = loadBalancerArn ?? '';
    const set = (Value: string) =>
      moto.elb.send(
        new ModifyLoadBalancerAttributesCommand({
          LoadBalancerArn: arn,
          Attributes: [{ Key: 'routing.http.desync_mitigation_mode', Value }],
        }),
      );
    await set('monitor');
    expect(await lookAtBalancer(all, arn)).toEqual({ arn, desync: 'monitor' });
    await set('defensive');
    expect(await lookAtBalancer(all, arn)).toEqual({ arn, desync: 'defensive' });
  });

  it('reads stickiness and health of a group, and that one is not there', async () => {
    const { arn } = moto.deployment.targetGroups.candidate;
    await moto.elb.send(
      new ModifyTargetGroupAttributesCommand({
        TargetGroupArn: arn,
        Attributes: [{ Key: 'stickiness.enabled', Value: 'true' }],
      }),
    );
    await moto.elb.send(
      new AddTagsCommand({ ResourceArns: [arn], Tags: [{ Key: 'elbv2.k8s.aws/cluster', Value: 'prod' }] }),
    );
    const { found } = await lookAtGroup(all, 'candidate', arn);
    expect(found).toMatchObject({
      targetType: 'ip',
      sticky: true,
      health: { healthy: 0, registered: 0 },
    });
    expect((await lookAtGroup(all, 'candidate', arn.replace(/\w+$/, '0000000000000000'))).found).toBeNull();
  });

  it('says what is wrong with the account, and that nothing was changed', async () => {
    const { code, stdout, stderr, says } = await doctor('--attach', attachFile());
    expect(stderr).toBe('');
    expect(code).toBe(1);
    expect(says('listener').join()).toMatch(/^ok/);
    // Both rules before ours take everything, and the default rule answers 404 by itself.
    expect(says('shadowed rules').join()).toMatch(/FAIL.*default rule/);
    expect(says('stickiness').join()).toMatch(/FAIL.*candidate/);
    expect(says('owner').join()).toMatch(/FAIL.*Load Balancer Controller/);
    expect(says('target health').join()).toMatch(/FAIL.*no healthy target/);
    expect(stdout).toMatch(/Nothing was changed\.\s*$/);
  });

  it('tells by how much this machine’s clock is off AWS’s', async () => {
    const { clockSkew } = await lookAtCaller(all, () => Date.now() + 600_000);
    expect(clockSkew).toBeGreaterThan(590);
    expect(clockSkew).toBeLessThan(620);
  });

  it('refuses an account or region that is not that of the credentials, with exit code 2', async () => {
    const { stable, candidate } = moto.deployment.targetGroups;
    const moved = (arn: string) => arn.replace(/:\d{12}:/, ':999999999999:');
    const elsewhere = attachFile({
      listeners: [{ arn: moved(listenerArn), priority: 30 }],
      groups: { stable: moved(stable.arn), candidate: moved(candidate.arn) },
    });
    const { code, stderr } = await doctor('--attach', elsewhere);
    expect(code).toBe(2);
    expect(stderr).toMatch(/account 999999999999.*these credentials are of account \d{12}/);
    expect(stderr).toMatch(/Nothing was changed/);
  });

  it('looks at what was deployed: a topic that nobody may publish to, an alarm that is not there, a machine without versions', async () => {
    const { TopicArn: topicArn = '' } = await all.sns.send(new CreateTopicCommand({ Name: 'status' }));
    const Statement = { Effect: 'Deny', Principal: '*', Action: 'sns:Publish', Resource: topicArn };
    await all.sns.send(
      new SetTopicAttributesCommand({
        TopicArn: topicArn,
        AttributeName: 'Policy',
        AttributeValue: JSON.stringify({ Version: '2012-10-17', Statement: [Statement] }),
      }),
    );
    const seen = await lookAtDeployed(all, { ...moto.deployment, topicArn }, async () => 200);
    expect(seen.topic?.found).toMatchObject({ confirmed: 0, pending: 0, keyPolicy: null });
    expect(allowsService(seen.topic?.found?.policy, 'cloudwatch.amazonaws.com', ['sns:Publish'])).toBe(false);
    expect(seen).toMatchObject({ functions: null, roles: [], runbook: null });
  });
});
