/**
 * Clients that a rollback needs only after its weights are safe. They have a module of their own, so that the bundle
 * can put them into a second file that is loaded then (docs/explanation/fence.md has the figures).
 */
import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { SFNClient } from '@aws-sdk/client-sfn';
import { SNSClient } from '@aws-sdk/client-sns';
import type { Capacity, Deployment, Executions, Notifier } from '../../core/model/index.ts';
import { CLIENT_OPTIONS, systemClock } from '../aws/calls/index.ts';
import { sfnExecutions } from '../aws/states/index.ts';
import { statusNotifier } from '../aws/status-notifier.ts';
import { stableCapacity } from './stable-capacity.ts';

export interface LatePorts {
  readonly executions: Executions;
  readonly capacity: Capacity;
  readonly notifier: Notifier;
}

export function latePorts(deployment: Deployment): LatePorts {
  const clients = { sns: new SNSClient(CLIENT_OPTIONS), events: new EventBridgeClient(CLIENT_OPTIONS) };
  return {
    executions: sfnExecutions(new SFNClient(CLIENT_OPTIONS), deployment),
    capacity: stableCapacity(deployment),
    notifier: statusNotifier(clients, deployment, systemClock),
  };
}
