import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * The topic for status messages and alarms, encrypted at rest. The key is customer-managed, because alarms cannot
 * publish to a topic with the AWS-managed key (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).
 */
export function statusTopic(scope: Construct, id: string): ITopic {
  const home = new Construct(scope, id);
  const key = new Key(home, 'Key', {
    description: 'Crossfade status messages',
    enableKeyRotation: true,
    // A topic stores nothing that must be read later. AWS deletes the key a month after its topic, and stops billing
    // for it.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const topic = new Topic(home, 'Topic', { enforceSSL: true, masterKey: key as IKey });
  letAlarmsPublish(topic);
  return topic;
}

/**
 * Allows alarms of the topic's account to publish, whatever its policy and its key's policy contain. A topic policy
 * replaces the default one, which allowed it: if TLS is required, for example, nobody may publish who is not named.
 * Imported topics and keys cannot be changed.
 */
export function letAlarmsPublish(topic: ITopic): void {
  // CloudWatch on behalf of this account only (the confused deputy problem).
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com').withConditions({
    StringEquals: { 'aws:SourceAccount': Stack.of(topic).account },
  });
  topic.masterKey?.grant(alarms, 'kms:Decrypt', 'kms:GenerateDataKey*');
  topic.addToResourcePolicy(
    new PolicyStatement({ actions: ['sns:Publish'], principals: [alarms], resources: [topic.topicArn] }),
  );
}
