/** What our cloud has beside the services that every backend of the contract has, with one of each that calls name. */

import type { ScaledClock } from '../../rehearsal/clock/clock.ts';
import { iam } from '../../rehearsal/cloud/account/iam.ts';
import { kms } from '../../rehearsal/cloud/account/kms.ts';
import { LocalFunction } from '../../rehearsal/cloud/lambda/lambda.ts';
import { LambdaService } from '../../rehearsal/cloud/lambda/lambda-service.ts';
import { applicationAutoScaling, ecs } from '../../rehearsal/cloud/services/ecs.ts';
import { LocalFirehose } from '../../rehearsal/cloud/services/firehose.ts';
import { LocalQueues } from '../../rehearsal/cloud/services/sqs.ts';

const ACCOUNT = 'us-east-1:000000000000';
export const QUEUE = `arn:aws:sqs:${ACCOUNT}:pages`;
export const KEY = `arn:aws:kms:${ACCOUNT}:key/1`;
export const POLICY = `arn:aws:iam::000000000000:policy/read`;
const STATEMENT = { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'sns:Publish', Resource: '*' } };

export function otherServices(clock: ScaledClock, topicArn: string) {
  const scaling = { min: 1, max: 4, suspended: false, scheduledSuspended: false };
  const services = [{ cluster: 'c', name: 's', desired: 2, running: 2, scaling }];
  const options = { services, onScale: () => {} };
  const role = {
    arn: 'arn:aws:iam::000000000000:role/r',
    policies: new Map([['p', STATEMENT]]),
    attached: new Map([[POLICY, STATEMENT]]),
  };
  const now = () => clock.now();
  const firehose = new LocalFirehose({ streamName: 'pairs', streamArn: 'arn:aws:firehose:::pairs', now });
  const queues = new LocalQueues(new Map([[QUEUE, [topicArn]]]), new Map(), now);
  queues.hear({ topicArn, subject: 's', body: 'b' });
  const lambda = new LambdaService({ clock, faultOf: () => null, onAsyncFailure: () => {} });
  const spec = { name: 'f', codeDir: '/nowhere', environment: {}, timeoutSeconds: 3, roleArn: role.arn };
  lambda.functions.set('f', new LocalFunction(spec, { clock, environment: {}, onLine: () => {} }));
  return {
    json: {
      AmazonEC2ContainerServiceV20141113: { service: 'ecs', operations: ecs(options) },
      AnyScaleFrontendService: { service: 'application-autoscaling', operations: applicationAutoScaling(options) },
      AmazonSQS: { service: 'sqs', operations: queues.operations },
      TrentService: { service: 'kms', operations: kms({ keys: new Map([[KEY, STATEMENT]]) }) },
      Firehose_20150804: { service: 'firehose', operations: firehose.operations },
    },
    query: { '2010-05-08': { service: 'iam', operations: iam({ roles: new Map([['r', role]]) }) } },
    lambda: lambda.request,
  };
}
