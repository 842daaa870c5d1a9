/** The executions port, implemented with Step Functions. */
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Executions } from '../../../core/model/index.ts';
import { shortened } from '../../../input/index.ts';
import { aws } from '../calls/index.ts';

export function sfnExecutions(client: Pick<SFNClient, 'send'>): Executions {
  return {
    async stateOf(executionArn) {
      try {
        const { status } = await aws('DescribeExecution', () =>
          client.send(new DescribeExecutionCommand({ executionArn })),
        );
        if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'running';
        return status === 'SUCCEEDED' ? 'succeeded' : 'ended';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'ended';
        throw error;
      }
    },
    async stop(executionArn, reason) {
      try {
        await aws('StopExecution', () =>
          client.send(
            new StopExecutionCommand({ executionArn, error: 'Crossfade.RolledBack', cause: shortened(reason, 1000) }),
          ),
        );
      } catch (error) {
        if (!(error instanceof ExecutionDoesNotExist)) throw error;
      }
    },
  };
}
