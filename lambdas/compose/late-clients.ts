/**
 * Clients that a rollback needs only once its weights are safe. One module of their own, so that its bundle can leave them
 * in a second file which is loaded then (docs/explanation/fence.md has the figures).
 */
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Capacity, Deployment, Executions, Notifier } from '../../core/model/index.ts';
import { CLIENT_OPTIONS } from '../aws/calls/index.ts';
import { snsNotifier } from '../aws/sns-notifier.ts';
import { sfnExecutions } from '../aws/states/index.ts';
import { stableCapacity } from './stable-capacity.ts';

export interface LatePorts {
  readonly executions: Executions;
  readonly capacity: Capacity;
  readonly notifier: Notifier;
}

export function latePorts(deployment: Deployment): LatePorts {
  return {
    executions: sfnExecutions(new SFNClient(CLIENT_OPTIONS)),
    capacity: stableCapacity(deployment),
    notifier: snsNotifier(new SNSClient(CLIENT_OPTIONS), deployment.topicArn),
  };
}
