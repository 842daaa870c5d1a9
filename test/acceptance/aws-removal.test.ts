/**
 * An acceptance in AWS finds, clears and deletes its own stacks by their tag, and touches nothing else in the account.
 */
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { awsAccount } from '../../cli/accept/aws-account.ts';
import { EXIT } from '../../cli/shared/exit-codes.ts';
import { ACCEPTANCE_TAG, acceptanceStackName } from '../../core/acceptance/name.ts';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { MemoryAws, type MemoryStack } from './memory-aws.ts';

const ID = 'accept-1';
const LISTENER = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/own/1/2';
const FOREIGN = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:listener/app/prod/8/9';
const rule = (listener: string, n: number) => `${listener.replace(':listener/', ':listener-rule/')}/${n}`;
const MACHINE = 'arn:aws:states:us-east-1:111122223333:stateMachine:accept-1-cutover';

const stack = (of: Partial<MemoryStack> = {}): MemoryStack => ({
  name: acceptanceStackName(ID),
  tags: { [ACCEPTANCE_TAG]: ID },
  resources: [
    ['AWS::ElasticLoadBalancingV2::Listener', LISTENER],
    ['Custom::WeightedRule', rule(LISTENER, 1)],
    ['AWS::StepFunctions::StateMachine', MACHINE],
  ],
  ...of,
});

const folder = temporaryFolder();
const aws = new MemoryAws();
beforeEach(() => aws.start());
afterEach(() => aws.stop());
const removed = (id = ID) =>
  aws.during(() => awsAccount({ account: '111122223333', region: 'us-east-1' }, 'no-cdk').remove(id));
const remains = () =>
  aws.during(() => awsAccount({ account: '111122223333', region: 'us-east-1' }, 'no-cdk').remains());

describe('the removal of an acceptance', () => {
  it('finds by the tag alone what an acceptance has left', async () => {
    aws.stacks.push(
      stack(),
      stack({ name: 'crossfade-accept-2', tags: {} }),
      stack({ name: 'shop', tags: { team: 'a' } }),
    );
    expect(await remains()).toEqual([ID]);
  });

  it('stops its runs, deletes the rules of its own listener, and then its stack', async () => {
    aws.stacks.push(stack());
    aws.running.push(`${MACHINE.replace(':stateMachine:', ':execution:')}:${ID}-fault`);
    expect(await removed()).toEqual([]);
    expect(aws.writes).toEqual([
      `states:StopExecution ${aws.running[0]}`,
      `elasticloadbalancing:DeleteRule ${rule(LISTENER, 1)}`,
      `cloudformation:DeleteStack ${acceptanceStackName(ID)}`,
    ]);
  });

  it('writes to no listener that its stack has not made', async () => {
    const resources = [...stack().resources, ['Custom::WeightedRule', rule(FOREIGN, 2)] as const];
    aws.stacks.push(stack({ resources }));
    await removed();
    expect(aws.writes.filter((write) => write.startsWith('elasticloadbalancing'))).toEqual([
      `elasticloadbalancing:DeleteRule ${rule(LISTENER, 1)}`,
    ]);
  });

  it.each([
    ['without our tag', {}],
    ['with the tag of another acceptance', { [ACCEPTANCE_TAG]: 'accept-2' }],
  ])('leaves alone a stack that has our name %s', async (_title, tags) => {
    aws.stacks.push(stack({ tags }));
    expect(await removed()).toEqual([]);
    expect(aws.writes).toEqual([]);
  });

  it('names what CloudFormation could not delete', async () => {
    aws.stacks.push(stack({ stuck: LISTENER }));
    expect(await removed()).toEqual([`AWS::ElasticLoadBalancingV2::Listener ${LISTENER}`]);
  });

  it('may be repeated', async () => {
    aws.stacks.push(stack());
    await removed();
    expect(await removed()).toEqual([]);
  });
});

interface Case {
  readonly args?: readonly string[];
  /** Makes the account answer wrongly. */
  readonly breaks?: () => void;
  readonly environment?: Readonly<Record<string, string>>;
  readonly says: string;
}

const CREDENTIALS: Readonly<Record<string, Case>> = {
  'of another account': {
    args: ['--account', '999900001111'],
    says: 'are of account 111122223333, not 999900001111',
  },
  'that may do only a part': {
    breaks: () => aws.deniedActions.push('elasticloadbalancing:DeleteRule', 's3:DeleteObjectVersion'),
    says: 'may not do elasticloadbalancing:DeleteRule, s3:DeleteObjectVersion',
  },
  'that may not ask what they may do': {
    breaks: () => aws.refused.push('SimulatePrincipalPolicy'),
    says: 'may not do iam:SimulatePrincipalPolicy',
  },
  'that may not even say whose they are': {
    breaks: () => aws.refused.push('GetCallerIdentity'),
    says: 'may not do sts:GetCallerIdentity',
  },
  'that may not list stacks': {
    breaks: () => aws.refused.push('DescribeStacks'),
    says: 'may not do cloudformation:DescribeStacks',
  },
  'that are none': {
    environment: {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_CONFIG_FILE: '/dev/null',
      AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
      AWS_EC2_METADATA_DISABLED: 'true',
    },
    says: 'AWS credentials: none were found',
  },
};

describe('crossfade accept, asked with credentials', () => {
  it.each(Object.entries(CREDENTIALS))('%s, says so with exit code 2 and touches nothing', async (_title, given) => {
    given.breaks?.();
    const evidence = join(folder.path, 'acceptance.json');
    const { code, stderr, stdout } = await crossfade(
      ['accept', '--yes', '--evidence', evidence, ...(given.args ?? [])],
      { ...aws.environment, ...given.environment },
    );
    expect(stderr).toContain(given.says);
    expect(stderr).toContain('Nothing was made.');
    expect(stdout).toBe('');
    expect(code).toBe(EXIT.usage);
    expect(aws.writes).toEqual([]);
  });
});
