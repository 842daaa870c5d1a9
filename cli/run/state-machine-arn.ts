/**
 * Where executions are started: the machine is named after its ingress, and is in the account and region of its rules.
 */
import { type CutoverId, type Deployment, machineName } from '../../core/model/index.ts';
import { UsageError } from '../shared/index.ts';

/** ARN of the alias `live`. @throws UsageError for a deployment whose rules are not named by full ARNs */
export function stateMachineArn(deployment: Deployment): string {
  return `${statesArn(deployment, 'stateMachine')}:live`;
}

/** ARN of the run's execution. @throws UsageError as {@link stateMachineArn} */
export function executionArn(deployment: Deployment, id: CutoverId): string {
  return `${statesArn(deployment, 'execution')}:${id}`;
}

function statesArn({ ingressId, rules }: Deployment, kind: string): string {
  const [, partition, , region, account] = rules[0]?.arn.split(':') ?? [];
  if (partition === undefined || region === undefined || account === undefined)
    throw new UsageError(`the deployment's first rule is not named by its ARN: ${rules[0]?.arn}`);
  return `arn:${partition}:states:${region}:${account}:${kind}:${machineName(ingressId)}`;
}
