/**
 * Clients that a rollback needs only once its weights are safe. One module of their own, so that its bundle can leave them
 * in a second file which is loaded then (docs/explanation/fence.md has the figures).
 */
import { ApplicationAutoScalingClient } from '@aws-sdk/client-application-auto-scaling';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Capacity, Deployment, Executions, Notifier } from '../../core/model/index.ts';
import { CLIENT_OPTIONS } from '../aws/calls/index.ts';
import { ecsCapacity, foreignCapacity } from '../aws/ecs/capacity.ts';
import { snsNotifier } from '../aws/sns-notifier.ts';
import { sfnExecutions } from '../aws/states/index.ts';

export interface LatePorts {
  readonly executions: Executions;
  readonly capacity: Capacity;
  readonly notifier: Notifier;
}

export function latePorts({ services, topicArn }: Deployment): LatePorts {
  const clients = { ecs: new ECSClient(CLIENT_OPTIONS), scaling: new ApplicationAutoScalingClient(CLIENT_OPTIONS) };
  return {
    executions: sfnExecutions(new SFNClient(CLIENT_OPTIONS)),
    capacity: services === undefined ? foreignCapacity : ecsCapacity(clients, services),
    notifier: snsNotifier(new SNSClient(CLIENT_OPTIONS), topicArn),
  };
}
