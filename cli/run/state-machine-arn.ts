/**
 * Where executions are started: the machine is named after its ingress, and is in the account and region of its rules.
 */
import { type CutoverId, type Deployment, statesArn } from '../../core/model/index.ts';
import { UsageError } from '../shared/index.ts';

/** ARN of the alias `live`. @throws UsageError for a deployment whose rules are not named by full ARNs */
export function stateMachineArn(deployment: Deployment): string {
  return `${arnOf(deployment, 'stateMachine')}:live`;
}

/** ARN of the run's execution. @throws UsageError as {@link stateMachineArn} */
export function executionArn(deployment: Deployment, id: CutoverId): string {
  return `${arnOf(deployment, 'execution')}:${id}`;
}

function arnOf(deployment: Deployment, kind: 'stateMachine' | 'execution'): string {
  const arn = statesArn(deployment, kind);
  if (arn === null)
    throw new UsageError(`the deployment's first rule is not named by its ARN: ${deployment.rules[0]?.arn}`);
  return arn;
}
