/**
 * Checks who may do what against another implementation of IAM: real clients sign with keys of roles that have the
 * synthesised statements, moto or fakecloud enforces them, and our evaluator is asked the same. Neither knows enough
 * about a call's conditions, boundaries and resource policies, so all are asked without them. Where a judge does not
 * know which resource a call is about, the question is whether a role may make the call at all.
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
import { ACCOUNT, Names, REGION } from '../../rehearsal/cloud/template/names.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { BUCKET, CALLS, TABLE } from './access-calls.ts';

const { CROSSFADE_MOTO_URL: MOTO, CROSSFADE_FAKECLOUD_URL: FAKECLOUD } = process.env;
interface Judge {
  readonly name: string;
  /** Actions for which the judge knows which resource a call is about. */
  readonly byResource: RegExp;
  /** Actions for which the judge requires a right. */
  readonly enforced: RegExp;
}
/** As observed with moto 5.2.5 and fakecloud 0.51. */
const JUDGE: Judge =
  FAKECLOUD === undefined
    ? { name: 'moto', byResource: /^(s3|sts):/, enforced: /./ }
    : { name: 'fakecloud', byResource: /./, enforced: /^(dynamodb|lambda|s3|sns):/ };
const URL = FAKECLOUD ?? MOTO;
const AT = { endpoint: URL ?? '', region: 'us-east-1' };
const ADMINISTRATOR = { accessKeyId: 'test', secretAccessKey: 'test' };
/** Actions that moto names after the endpoint or the operation: IAM's name, then moto's. */
const NAMES_OF_MOTO: readonly (readonly [RegExp, string])[] = [
  [/^cloudwatch:/, 'monitoring:'],
  [/^lambda:InvokeFunction$/, 'lambda:Invoke'],
];
const TRUST = {
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' },
};
/** IAM rules that the templates do not use. */
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

describe.skipIf(URL === undefined)(`rights, as ${JUDGE.name} enforces them`, () => {
  const roles = new Map<string, readonly Statement[]>();
  /** Makes moto enforce after this many calls. fakecloud enforces from its start, except for its administrator. */
  const enforceAfter = async (calls: number) => {
    if (FAKECLOUD === undefined) await fetch(`${URL}/moto-api/reset-auth`, { method: 'POST', body: String(calls) });
  };

  beforeAll(async () => {
    for (const assembly of [await sharedAssembly(), await campaigns()])
      for (const [name, statements] of rolesOf(assembly)) roles.set(name, comparable(statements));
    for (const [name, Statement] of Object.entries(BESIDE_THE_TEMPLATES))
      roles.set(name, comparable(parsePolicy(name, { Version: '2012-10-17', Statement })));
    if (FAKECLOUD === undefined) await fetch(`${URL}/moto-api/reset`, { method: 'POST' });
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
      const judged = CALLS.filter(({ action }) => JUDGE.enforced.test(action));
      const answers = await Promise.all(judged.map(({ send }) => isAllowed(() => send(client))));
      for (const [i, { action, resource: about }] of judged.entries()) {
        const resource = JUDGE.byResource.test(action) ? about : '*';
        const what = `${name}: ${action} on ${resource}`;
        theirs[what] = answers[i] ?? false;
        ours[what] = mayByOurs(statements, action, resource);
      }
    }
    expect(ours).toEqual(theirs);
    const allowed = Object.values(theirs).filter(Boolean).length;
    expect(allowed).toBeGreaterThan(10);
    console.log(
      `IAM by ${JUDGE.name}: ${Object.keys(theirs).length} calls of ${roles.size} roles, ${allowed} allowed, as by ours`,
    );
  });
});

async function campaigns(): Promise<Assembly> {
  const outdir = await mkdtemp(join(tmpdir(), 'campaign-'));
  const app = new App({ outdir });
  campaignApplication(app, ['111122223333', '444455556666']);
  app.synth();
  return loadAssembly(outdir);
}

/** Returns the statements of the roles, and of the managed policies that are made for people. */
function rolesOf(assembly: Assembly): [string, readonly Statement[]][] {
  const names = new Names(assembly);
  const managed = assembly.resources
    .filter(({ type }) => type === 'AWS::IAM::ManagedPolicy')
    .map((r): [string, readonly Statement[]] => [
      r.logicalId,
      parsePolicy(r.logicalId, policySchema.parse(names.properties(r)).PolicyDocument),
    ]);
  const bucket = assembly.resources.find(({ type }) => type === 'AWS::S3::Bucket');
  const table = assembly.resources.find(({ type }) => type === 'AWS::DynamoDB::GlobalTable');
  const replaced: (readonly [string, string])[] = [
    [`:${REGION}:${ACCOUNT}:`, ':us-east-1:123456789012:'],
    ...(bucket === undefined ? [] : [[names.nameOf(bucket), BUCKET] as const]),
    ...(table === undefined ? [] : [[names.nameOf(table), TABLE] as const]),
  ];
  const named = (text: string) => replaced.reduce((all, [from, to]) => all.replaceAll(from, to), text);
  const roles = [...policiesOf(assembly, names).roles].map(([arn, { statements }]): [string, readonly Statement[]] => [
    arn,
    statements.map((s) => ({ ...s, resources: { ...s.resources, patterns: s.resources.patterns.map(named) } })),
  ]);
  return [...roles, ...managed];
}

/** Leaves out what the judge cannot take into account for a call. */
function comparable(statements: readonly Statement[]): Statement[] {
  return statements.map((s) => ({
    ...s,
    conditions: [],
    resources: s.actions.patterns.every((a) => JUDGE.byResource.test(a))
      ? s.resources
      : { not: false, patterns: ['*'] },
  }));
}

async function keyOfRole(RoleName: string, statements: readonly Statement[]) {
  const iam = new IAMClient({ ...AT, credentials: ADMINISTRATOR });
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(TRUST) }));
  const Statement = statements.map(({ effect, actions, resources }) => ({
    Effect: effect,
    [actions.not ? 'NotAction' : 'Action']: actions.patterns.map((action) =>
      FAKECLOUD === undefined
        ? NAMES_OF_MOTO.reduce((name, [ofIam, ofMoto]) => name.replace(ofIam, ofMoto), action)
        : action,
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

/** moto answers a denial in XML, whatever protocol the service uses, so only the status is read. */
const refusalSchema = z.union([
  z.object({ $metadata: z.object({ httpStatusCode: z.number() }) }).transform((e) => e.$metadata.httpStatusCode),
  z.object({ $response: z.object({ statusCode: z.number() }) }).transform((e) => e.$response.statusCode),
]);

/** Any failure other than a denial counts as allowed: most resources that the calls name do not exist. */
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
