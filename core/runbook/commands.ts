/** Command lines of the runbook, with region and names filled in. */
import { commandLine, rollbackFunctionName } from '../model/index.ts';
import type { DeployedNames, ServiceName } from './deployed-names.ts';

export function crossfadeCommand({ ingress, region }: DeployedNames, command: string): string {
  return commandLine(region, ingress, command);
}

export function awsCommand({ region }: Pick<DeployedNames, 'region'>, command: string): string {
  return `aws ${command}${region === null ? '' : ` --region ${region}`}`;
}

export function healthCommand(names: DeployedNames, group: string): string {
  return awsCommand(names, `elbv2 describe-target-health --target-group-arn '${group}'`);
}

/** Events and stopped tasks of an ECS service; empty if the side is not an ECS service. */
export function serviceCommands(names: DeployedNames, side: ServiceName | null): string[] {
  if (side === null) return [];
  const { cluster, service } = side;
  return [
    awsCommand(
      names,
      `ecs describe-services --cluster ${cluster} --services ${service} --query 'services[].events[:5]'`,
    ),
    awsCommand(names, `ecs list-tasks --cluster ${cluster} --service-name ${service} --desired-status STOPPED`),
  ];
}

/** The rollback function's log group, found without knowing its name. */
export function rollbackLogCommand(names: DeployedNames): string {
  const configuration = awsCommand(
    names,
    `lambda get-function-configuration --function-name ${rollbackFunctionName(names.ingress)} --query LoggingConfig.LogGroup --output text`,
  );
  return awsCommand(names, `logs tail "$(${configuration})" --since 1h`);
}

/** The queue of triggers that could not be delivered. */
export function deadLettersCommand(names: DeployedNames): string {
  return awsCommand(
    names,
    `lambda get-function-event-invoke-config --function-name ${rollbackFunctionName(names.ingress)} --query DestinationConfig.OnFailure.Destination --output text`,
  );
}
