import { ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { ingressIdSchema, ruleArnSchema } from '../../../core/model/ids.ts';
import { sfnExecutions } from '../../../lambdas/aws/states/executions.ts';
import { awsClient } from '../../support/aws-client.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';

const NAMED = {
  ingressId: ingressIdSchema.parse('gateway'),
  rules: [
    { arn: ruleArnSchema.parse('arn:aws:elasticloadbalancing:eu-west-1:111122223333:listener-rule/app/x'), roles: [] },
  ],
};
const MACHINE = 'arn:aws:states:eu-west-1:111122223333:stateMachine:gateway-cutover';

const answering = (answer: () => Promise<object>) => sfnExecutions(awsClient<SFNClient>(answer), NAMED);

describe('an execution', () => {
  it.each([
    ['RUNNING', 'running'],
    ['PENDING_REDRIVE', 'running'],
    ['SUCCEEDED', 'succeeded'],
    ['FAILED', 'ended'],
    ['TIMED_OUT', 'ended'],
    ['ABORTED', 'ended'],
  ])('that is %s is %s', async (status, state) => {
    expect(await answering(async () => ({ status })).stateOf('arn')).toBe(state);
  });

  it('that does not exist has ended', async () => {
    const executions = answering(() => Promise.reject(new ExecutionDoesNotExist({ $metadata: {}, message: 'gone' })));
    expect(await executions.stateOf('arn')).toBe('ended');
    await executions.stop('arn', 'whatever');
  });

  it('that cannot be described is no evidence', async () => {
    const executions = answering(() => Promise.reject(new Error('denied')));
    await expect(executions.stateOf('arn')).rejects.toThrow('denied');
    await expect(executions.stop('arn', 'whatever')).rejects.toThrow('denied');
  });
});

describe('the snapshot that the newest run carries', () => {
  const SINCE = Date.UTC(2026, 10, 27, 8);
  const CAPACITY = { desired: 4, running: 4, scaling: { min: 2, max: 8, suspended: false } };
  const listed = (name: string, status: string, stopDate?: Date) => ({ executionArn: `arn:${name}`, status, stopDate });
  const entered = (input: object) => ({
    type: 'TaskStateEntered',
    stateEnteredEventDetails: { input: JSON.stringify(input) },
  });
  const carried = async (
    executions: readonly object[],
    histories: Readonly<Record<string, readonly object[]>> = {},
  ) => {
    const asked: object[] = [];
    const client = awsClient<SFNClient>(async ({ input }: { input: { executionArn?: string } }) => {
      asked.push(input);
      return input.executionArn === undefined ? { executions } : { events: histories[input.executionArn] ?? [] };
    });
    return { asked, found: await sfnExecutions(client, NAMED).carried(SINCE) };
  };

  it('is that of the state which was entered last', async () => {
    const history = [
      { type: 'ExecutionAborted' },
      entered({ capacity: CAPACITY, phase: 'decommission' }),
      entered({ capacity: CAPACITY, phase: 'soak' }),
    ];
    const { asked, found } = await carried([listed('one', 'ABORTED', new Date(SINCE))], { 'arn:one': history });
    expect(found).toEqual({ executionArn: 'arn:one', capacity: CAPACITY, phase: 'decommission' });
    expect(asked).toEqual([
      { stateMachineArn: MACHINE, maxResults: 10 },
      { executionArn: 'arn:one', reverseOrder: true, maxResults: 200 },
    ]);
  });

  it('is not hidden by a start that was refused after it', async () => {
    const histories = {
      'arn:one': [entered({ capacity: CAPACITY, phase: 'stage' })],
      'arn:two': [entered({ capacity: null })],
    };
    const { found } = await carried([listed('two', 'FAILED', new Date(SINCE)), listed('one', 'RUNNING')], histories);
    expect(found).toMatchObject({ executionArn: 'arn:one' });
  });

  it.each([
    ['a run that has completed', [listed('one', 'SUCCEEDED', new Date(SINCE))]],
    ['a run that ended earlier', [listed('one', 'FAILED', new Date(SINCE - 1))]],
    [
      'a run that is still in its preflight, whatever an earlier one carries',
      [listed('two', 'RUNNING'), listed('one', 'FAILED', new Date(SINCE))],
    ],
    ['no run', []],
  ])('is none of %s', async (_what, executions) => {
    const histories = {
      'arn:one': [entered({ capacity: CAPACITY, phase: 'stage' })],
      'arn:two': [entered({ plan: {} })],
    };
    expect((await carried(executions, histories)).found).toBeNull();
  });

  it('is not sought where the rules are not named by ARNs', async () => {
    const executions = sfnExecutions(
      awsClient<SFNClient>(() => Promise.reject(new Error('asked'))),
      DEPLOYMENT,
    );
    expect(await executions.carried(SINCE)).toBeNull();
  });
});
