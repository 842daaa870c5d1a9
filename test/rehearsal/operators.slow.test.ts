/**
 * Checks the policies that are deployed for people on the local cloud, which enforces them: each policy allows its own
 * commands and no others.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import type { Lease } from '../../core/model/lease.ts';
import { dynamoApprovals } from '../../lambdas/aws/dynamo/approvals.ts';
import { dynamoDecisionLog } from '../../lambdas/aws/dynamo/decision-log.ts';
import { dynamoLeases } from '../../lambdas/aws/dynamo/leases.ts';
import { type LocalCloud, startCloud } from '../../rehearsal/cloud/cloud.ts';
import type { Resource } from '../../rehearsal/cloud/template/assembly.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { claimRun } from '../support/claimed-run.ts';
import { crossfade } from '../support/cli.ts';

const STACK = 'CrossfadeCutover';
const WHO = ['Read', 'Start', 'Approve', 'Rollback'] as const;
type Who = (typeof WHO)[number];

let cloud: LocalCloud;
let keys: Readonly<Record<Who, string>>;

beforeAll(async () => {
  const assembly = await sharedAssembly();
  const people = WHO.map((who): Resource => {
    const trust = { Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' };
    return {
      stack: STACK,
      logicalId: `${who}Person`,
      type: 'AWS::IAM::Role',
      properties: {
        AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: trust },
        ManagedPolicyArns: [assembly.outputs.get(`${STACK}.${who}Policy`)?.value],
      },
    };
  });
  const peopled = { ...assembly, resources: [...assembly.resources, ...people] };
  cloud = await startCloud({ assembly: peopled, speed: 60, onEvent: () => {} });
  const names = new Names(peopled);
  const keyOf = (who: Who) => {
    const role = people.find(({ logicalId }) => logicalId === `${who}Person`);
    return cloud.access.keyOf(role === undefined ? '' : names.arnOf(role));
  };
  keys = { Read: keyOf('Read'), Start: keyOf('Start'), Approve: keyOf('Approve'), Rollback: keyOf('Rollback') };
});
afterAll(() => cloud.stop());

const as = (who: Who, ...args: string[]) =>
  crossfade([...args, '--ingress', cloud.deployment.ingressId], {
    ...cloud.environment,
    AWS_ACCESS_KEY_ID: keys[who],
  });

const cutoverId = cutoverIdSchema.parse('run');

function ledger() {
  const { deployment, dynamoUrl: endpoint } = cloud;
  const { ledgerTable: table, ingressId } = deployment;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamo = new DynamoDBClient({ endpoint, region: 'local-1', credentials });
  return {
    leases: dynamoLeases(dynamo, table),
    log: dynamoDecisionLog(dynamo, table, ingressId),
    approvals: dynamoApprovals(dynamo, table, ingressId),
  };
}

/** Records a run, started by another person, at 10 %. */
async function begin(): Promise<Lease> {
  const { deployment, machine } = cloud;
  const executionArn = `${machine.arn.replace(':stateMachine:', ':execution:')}:${cutoverId}`;
  const { leases, log } = ledger();
  const lease = await claimRun(leases, log, { deployment, cutoverId, executionArn });
  await leases.heartbeat(lease, { phase: 'stage', stage: 0, heartbeatDueAt: lease.heartbeatDueAt });
  return lease;
}

/**
 * Requests the final sign-off of the run.
 * @returns a promise of its answer, in an array so that it is not awaited here
 */
async function ask(lease: Lease): Promise<Promise<unknown>[]> {
  const { leases, approvals } = ledger();
  const now = Date.now();
  const [askedAt, expiresAt] = [new Date(now).toISOString(), new Date(now + 3_600_000).toISOString()];
  await leases.heartbeat(lease, { phase: 'finalSignoff', stage: 0, heartbeatDueAt: askedAt });
  const { promise, resolve } = Promise.withResolvers<string>();
  const answer = cloud.machine.tokens.wait({}, async (token) => resolve(token), new AbortController().signal);
  const evidence = 'errors 0.10 % against 0.10 %';
  await approvals.open({ cutoverId, kind: 'final', token: await promise, askedAt, expiresAt, evidence });
  return [answer];
}

describe('the policies for people', () => {
  it('let each of them do what it is named for: start, read, approve, roll back', async () => {
    expect(await as('Start', 'start', '--yes', '--name', 'first')).toMatchObject({ code: 0, stdout: 'first\n' });
    const lease = await begin();
    expect(await as('Start', 'pause', 'run', '--reason', 'lunch')).toMatchObject({ code: 0 });
    expect(await as('Start', 'resume', 'run')).toMatchObject({ code: 0 });
    const [answer] = await ask(lease);
    for (const who of WHO) expect((await as(who, 'status')).stdout).toContain('cutover run is running');
    expect(await as('Read', 'history', 'run')).toMatchObject({ code: 0 });
    expect(cloud.access.denials).toEqual([]);
    for (const who of WHO.filter((other) => other !== 'Approve'))
      expect(await denialsOf(who, 'approve', 'run')).toContain('states:SendTaskSuccess');
    expect(await as('Approve', 'approve', 'run')).toMatchObject({ code: 0 });
    expect(await answer).toMatchObject({ approvedBy: expect.stringContaining(keys.Approve) });
    expect(await as('Rollback', 'rollback')).toMatchObject({ code: 0 });
    expect((await as('Read', 'status')).stdout).toContain('You are safe');
    expect(cloud.access.denials.map(({ action }) => action)).toEqual(Array(3).fill('states:SendTaskSuccess'));
  });

  it.each(['Read', 'Approve', 'Rollback'] as const)('let nobody else start: not %s', async (who) => {
    expect(await denialsOf(who, 'start', '--yes', '--name', 'another')).toEqual(['states:StartExecution']);
  });

  it.each(['Read', 'Approve', 'Start'] as const)('let nobody else write weights: not %s', async (who) => {
    expect(await denialsOf(who, 'rollback')).toContain('elasticloadbalancing:ModifyRule');
  });
});

/** Returns the actions that were denied to a command, which must fail. */
async function denialsOf(who: Who, ...args: string[]): Promise<string[]> {
  const before = cloud.access.denials.length;
  expect((await as(who, ...args)).code).not.toBe(0);
  return cloud.access.denials.slice(before).map(({ action }) => action);
}
