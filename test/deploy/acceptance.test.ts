/**
 * What `crossfade accept` creates with the real CDK CLI in a foreign stand-in for AWS, and its removal: found by the
 * tag, cleared and deleted. There are no customers: services and load balancers answer nobody there.
 */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudFormationClient, DescribeStackResourcesCommand } from '@aws-sdk/client-cloudformation';
import { DescribeRulesCommand, ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { acceptancePlan } from '../../cli/accept/acceptance-plan.ts';
import { awsAccount, installedCdk } from '../../cli/accept/aws-account.ts';
import { acceptanceStackName } from '../../core/acceptance/name.ts';
import { withEnvironment } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { STAND_IN, STAND_IN_CLIENT, STAND_IN_ENVIRONMENT } from './stand-in.ts';

const ID = 'accept-standin';
const folder = temporaryFolder();

describe.skipIf(STAND_IN === undefined)('an acceptance in MiniStack', () => {
  const s3 = new S3Client({ ...STAND_IN_CLIENT, forcePathStyle: true });
  const elb = new ElasticLoadBalancingV2Client(STAND_IN_CLIENT);
  const program = join(import.meta.dirname, 'acceptance-app.ts');
  const account = <T>(work: (of: ReturnType<typeof awsAccount>) => Promise<T>) =>
    withEnvironment(STAND_IN_ENVIRONMENT, () =>
      work(awsAccount({ account: '000000000000', region: 'us-east-1' }, installedCdk(), program)),
    );
  const made: { readonly type: string; readonly id: string }[] = [];
  const idOf = (type: string) => made.find((resource) => resource.type === type)?.id ?? '';

  beforeAll(async () => {
    const bootstrap = [installedCdk(), 'bootstrap', 'aws://000000000000/us-east-1', '--output', folder.path];
    await promisify(execFile)(process.execPath, bootstrap, {
      cwd: folder.path,
      env: { ...process.env, ...STAND_IN_ENVIRONMENT, CI: 'true', CDK_DISABLE_VERSION_CHECK: '1' },
    });
    const plan = acceptancePlan({ local: false, rps: 20 });
    await account((of) => of.deploy(ID, plan, ['/*'], new AbortController().signal));
    const cloudFormation = new CloudFormationClient(STAND_IN_CLIENT);
    const StackName = acceptanceStackName(ID);
    const { StackResources = [] } = await cloudFormation.send(new DescribeStackResourcesCommand({ StackName }));
    for (const { ResourceType = '', PhysicalResourceId = '' } of StackResources)
      made.push({ type: ResourceType, id: PhysicalResourceId });
    cloudFormation.destroy();
  });
  afterAll(() => {
    s3.destroy();
    elb.destroy();
  });

  it('is found by its tag, with the outputs that its steps need', async () => {
    expect(await account((of) => of.remains())).toEqual([ID]);
    const site = await account((of) => of.site(ID));
    expect(site).toMatchObject({ url: expect.stringMatching(/^http:/), queueUrl: expect.stringMatching(/Mailbox/) });
    expect(site.stream).not.toBe('');
  });

  it('is removed whole, its rule and a bucket that holds something with it', async () => {
    const Bucket = idOf('AWS::S3::Bucket');
    const RuleArns = [idOf('Custom::WeightedRule')];
    await s3.send(new PutObjectCommand({ Bucket, Key: 'pairs/1', Body: 'a capture' }));
    expect((await elb.send(new DescribeRulesCommand({ RuleArns }))).Rules).toHaveLength(1);
    expect(await account((of) => of.remove(ID))).toEqual([]);
    expect((await elb.send(new DescribeRulesCommand({ RuleArns }))).Rules).toEqual([]);
    await expect(s3.send(new HeadBucketCommand({ Bucket }))).rejects.toThrow();
    expect(await account((of) => of.remains())).toEqual([]);
  });
});
