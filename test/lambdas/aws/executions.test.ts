import { ExecutionDoesNotExist, type SFNClient } from '@aws-sdk/client-sfn';
import { describe, expect, it } from 'vitest';
import { sfnExecutions } from '../../../lambdas/aws/states/executions.ts';
import { awsClient } from '../../support/aws-client.ts';

const answering = (answer: () => Promise<object>) => sfnExecutions(awsClient<SFNClient>(answer));

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
