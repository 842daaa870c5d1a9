/** The executions port, implemented with Step Functions. */
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type ExecutionStatus,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  type SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import * as z from 'zod';
import {
  type CarriedSnapshot,
  capacitySnapshotSchema,
  type Deployment,
  type ExecutionState,
  type Executions,
  statesArn,
} from '../../../core/model/index.ts';
import { shortened } from '../../../input/index.ts';
import { aws } from '../calls/index.ts';

/** Starts that preflight refused carry no snapshot, and may stand before the run that does. */
const NEWEST = 10;
/** The last state that was entered is among the last events: a task writes at most five each time it is tried. */
const LAST_EVENTS = 200;

const carrying = z.object({ capacity: capacitySnapshotSchema, phase: z.string() });

/** The state of an execution by its status in Step Functions. */
export function executionState(status: ExecutionStatus | undefined): ExecutionState {
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return 'running';
  return status === 'SUCCEEDED' ? 'succeeded' : 'ended';
}

export function sfnExecutions(
  client: Pick<SFNClient, 'send'>,
  deployment: Pick<Deployment, 'ingressId' | 'rules'>,
): Executions {
  async function carriedBy(executionArn: string): Promise<CarriedSnapshot | null> {
    const request = new GetExecutionHistoryCommand({ executionArn, reverseOrder: true, maxResults: LAST_EVENTS });
    const { events = [] } = await aws('GetExecutionHistory', () => client.send(request));
    for (const { stateEnteredEventDetails: entered } of events) {
      const { data } = carrying.safeParse(JSON.parse(entered?.input ?? 'null'));
      if (data !== undefined) return { executionArn, ...data };
    }
    return null;
  }

  return {
    async stateOf(executionArn) {
      try {
        const { status } = await aws('DescribeExecution', () =>
          client.send(new DescribeExecutionCommand({ executionArn })),
        );
        return executionState(status);
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
    async carried(since) {
      const stateMachineArn = statesArn(deployment, 'stateMachine');
      if (stateMachineArn === null) return null;
      const request = new ListExecutionsCommand({ stateMachineArn, maxResults: NEWEST });
      const { executions = [] } = await aws('ListExecutions', () => client.send(request));
      for (const { executionArn, status, stopDate } of executions) {
        if (executionArn === undefined || status === 'SUCCEEDED' || Number(stopDate ?? since) < since) return null;
        const carried = await carriedBy(executionArn);
        if (carried !== null || status !== 'FAILED') return carried;
      }
      return null;
    },
  };
}
