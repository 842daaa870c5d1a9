/**
 * Who may do what, by somebody else's IAM: real clients sign with keys of roles that have the synthesised statements, moto enforces them,
 * and our evaluator is asked the same. moto 5.2.5 holds resources against S3's and STS's calls alone and knows no conditions of a call, no
 * boundaries and no policies of resources: without these both are asked, and of all other services only whether a role may make the call at all.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { campaignApplication } from '../../lib/campaign-application.ts';
import { policiesOf } from '../../rehearsal/cloud/access/account-policies.ts';
import { Context } from '../../rehearsal/cloud/access/conditions.ts';
import { decisionOn } from '../../rehearsal/cloud/access/evaluate.ts';
import { parsePolicy, type Statement } from '../../rehearsal/cloud/access/policy.ts';
import { type Assembly, loadAssembly } from '../../rehearsal/cloud/template/assembly.ts';
import { Names } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { BUCKET, CALLS } from './access-calls.ts';

const MOTO = process.env.CROSSFADE_MOTO_URL;
const AT = { endpoint: MOTO ?? '', region: 'us-east-1' };
const ADMINISTRATOR = { accessKeyId: 'local', secretAccessKey: 'local' };
/** The first names what moto calls by the endpoint or the operation, the second what IAM calls it. */
const NAMES_OF_MOTO: readonly (readonly [RegExp, string])[] = [
  [/^cloudwatch:/, 'monitoring:'],
  [/^lambda:InvokeFunction$/, 'lambda:Invoke'],
];
/** Of these alone moto knows which resource a call is about. */
const BY_RESOURCE = /^(s3|sts):/;
const TRUST = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
};
/** Rules of IAM that the templates leave out. */
const BESIDE_THE_TEMPLATES: Readonly<Record<string, object[]>> = {
  'an explicit deny': [
    { Effect: 'Allow', Action: 'dynamodb:*', Resource: '*' },
    { Effect: 'Deny', Action: 'dynamodb:*Item', Resource: '*' },
  ],
  'all but some actions': [{ Effect: 'Allow', NotAction: ['dynamodb:*', 'sns:Publish'], Resource: '*' }],
  'no statement about it': [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' }],
  'all objects but some': [
    { Effect: 'Allow', Action: 's3:*', Resource: '*' },
    { Effect: 'Deny', Action: 's3:GetObject', Resource: `arn:aws:s3:::${BUCKET}/pairs/*` },
  ],
};

const policySchema = z.looseObject({ PolicyDocument: z.unknown() });

describe.skipIf(MOTO === undefined)('rights, as moto enforces them', () => {
  const roles = new Map<string, readonly Statement[]>();
  const enforceAfter = (calls: number) => fetch(`${MOTO}/moto-api/reset-auth`, { method: 'POST', body: String(calls) });

  beforeAll(async () => {
    for (const assembly of [await sharedAssembly(), await campaigns()])
      for (const [name, statements] of rolesOf(assembly)) roles.set(name, comparable(statements));
    for (const [name, Statement] of Object.entries(BESIDE_THE_TEMPLATES))
      roles.set(name, comparable(parsePolicy(name, { Version: '2012-10-17', Statement })));
    await fetch(`${MOTO}/moto-api/reset`, { method: 'POST' });
    const s3 = new S3Client({ ...AT, credentials: ADMINISTRATOR, forcePathStyle: true });
    await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  });
  afterAll(() => enforceAfter(Number.POSITIVE_INFINITY));

  it('are those that our evaluator gives, role by role and call by call', async () => {
    const keys = new Map(
      await Promise.all(
        [...roles].map(async ([name, statements], i) => [name, await keyOfRole(`role-${i}`, statements)] as const),
      ),
    );
    await enforceAfter(0);
    const ours: Record<string, boolean> = {};
    const theirs: Record<string, boolean> = {};
    for (const [name, statements] of roles) {
      const client = { ...AT, maxAttempts: 1, credentials: keys.get(name) ?? ADMINISTRATOR };
      const answers = await Promise.all(CALLS.map(({ send }) => isAllowed(() => send(client))));
      for (const [i, { action, resource }] of CALLS.entries()) {
        const what = `${name}: ${action} on ${resource}`;
        theirs[what] = answers[i] ?? false;
        ours[what] = mayByOurs(statements, action, resource);
      }
    }
    expect(ours).toEqual(theirs);
    const allowed = Object.values(theirs).filter(Boolean).length;
    expect(allowed).toBeGreaterThan(100);
    console.log(
      `IAM by moto: ${Object.keys(theirs).length} calls of ${roles.size} roles, ${allowed} allowed, as by ours`,
    );
  }, 120_000);
});

async function campaigns(): Promise<Assembly> {
  const outdir = await mkdtemp(join(tmpdir(), 'campaign-'));
  const app = new App({ outdir });
  campaignApplication(app, ['111122223333', '444455556666']);
  app.synth();
  return loadAssembly(outdir);
}

/** Of roles, and of the managed policies that are made for people. */
function rolesOf(assembly: Assembly): [string, readonly Statement[]][] {
  const names = new Names(assembly);
  const managed = assembly.resources
    .filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')
    .map((r): [string, readonly Statement[]] => [
      r.logicalId,
      parsePolicy(r.logicalId, policySchema.parse(names.properties(r)).PolicyDocument),
    ]);
  const bucket = assembly.resources.find(({ type }) => type === 'AWS::S3::Bucket');
  const named = (text: string) => (bucket === undefined ? text : text.replaceAll(names.nameOf(bucket), BUCKET));
  const roles = [...policiesOf(assembly, names).roles].map(([arn, { statements }]): [string, readonly Statement[]] => [
    arn,
    statements.map((s) => ({ ...s, resources: { ...s.resources, patterns: s.resources.patterns.map(named) } })),
  ]);
  return [...roles, ...managed];
}

/** Without what moto cannot hold against a call. */
function comparable(statements: readonly Statement[]): Statement[] {
  return statements.map((s) => ({
    ...s,
    conditions: [],
    resources: s.actions.patterns.every((a) => BY_RESOURCE.test(a)) ? s.resources : { not: false, patterns: ['*'] },
  }));
}

async function keyOfRole(RoleName: string, statements: readonly Statement[]) {
  const iam = new IAMClient({ ...AT, credentials: ADMINISTRATOR });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(TRUST) }));
  const Statement = statements.map(({ effect, actions, resources }) => ({
    Effect: effect,
    [actions.not ? 'NotAction' : 'Action']: actions.patterns.map((action) =>
      NAMES_OF_MOTO.reduce((name, [ofIam, ofMoto]) => name.replace(ofIam, ofMoto), action),
    ),
    [resources.not ? 'NotResource' : 'Resource']: resources.patterns,
  }));
  if (Statement.length > 0)
    await iam.send(
      new PutRolePolicyCommand({
        RoleName,
        PolicyName: 'synthesised',
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
      }),
    );
  const { Credentials } = await new STSClient({ ...AT, credentials: ADMINISTRATOR }).send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'test' }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
  return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
}

/** moto answers a denial in XML, whatever the service speaks: the status tells. */
const refusalSchema = z.union([
  z.object({ $metadata: z.object({ httpStatusCode: z.number() }) }).transform((e) => e.$metadata.httpStatusCode),
  z.object({ $response: z.object({ statusCode: z.number() }) }).transform((e) => e.$response.statusCode),
]);

/** Whatever else than a denial comes of it: what is called for is mostly not there. */
async function isAllowed(send: () => Promise<unknown>): Promise<boolean> {
  try {
    await send();
    return true;
  } catch (error) {
    return refusalSchema.parse(error) !== 403;
  }
}

function mayByOurs(statements: readonly Statement[], action: string, resource: string): boolean {
  const principal = { type: 'role', arn: 'arn:aws:iam::123456789012:role/any', account: '123456789012' } as const;
  return decisionOn({ principal, action, resource, context: new Context({}) }, { identity: statements, resource: [] })
    .allowed;
}
