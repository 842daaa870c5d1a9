import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * Where status messages and alarms go, encrypted at rest. The key is a customer-managed one, because alarms cannot publish to a
 * topic under the AWS-managed key (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).
 */
export function statusTopic(scope: Construct, id: string): ITopic {
  const home = new Construct(scope, id);
  const key = new Key(home, 'Key', { description: 'Crossfade status messages', enableKeyRotation: true });
  key.grant(new ServicePrincipal('cloudwatch.amazonaws.com'), 'kms:Decrypt', 'kms:GenerateDataKey*');
  return new Topic(home, 'Topic', { enforceSSL: true, masterKey: key as IKey });
}
