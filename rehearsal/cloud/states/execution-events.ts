/**
 * Events of Step Functions on EventBridge.
 * https://docs.aws.amazon.com/step-functions/latest/dg/eventbridge-integration.html
 */
import type { LocalEvent } from '../events/index.ts';
import type { LocalExecution } from './execution.ts';

export function statusChangeEvent(execution: LocalExecution, stateMachineArn: string): LocalEvent {
  const { arn, name, status, input, output, error, cause, startedAt, stoppedAt } = execution;
  return {
    source: 'aws.states',
    'detail-type': 'Step Functions Execution Status Change',
    resources: [arn],
    detail: {
      executionArn: arn,
      stateMachineArn,
      name,
      status,
      startDate: startedAt,
      stopDate: stoppedAt,
      input: JSON.stringify(input),
      output: status === 'SUCCEEDED' ? JSON.stringify(output) : null,
      error,
      cause,
    },
  };
}
