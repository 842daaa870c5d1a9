import { RemovalPolicy, Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type IKey, Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';

/**
 * Where status messages and alarms go, encrypted at rest. The key is a customer-managed one, because alarms cannot publish to a
 * topic under the AWS-managed key (https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns).
 */
export function statusTopic(scope: Construct, id: string): ITopic {
  const home = new Construct(scope, id);
  const key = new Key(home, 'Key', {
    description: 'Crossfade status messages',
    enableKeyRotation: true,
    // A topic keeps nothing that would have to be read later: AWS deletes the key a month after its topic, and bills it no longer.
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const topic = new Topic(home, 'Topic', { enforceSSL: true, masterKey: key as IKey });
  letAlarmsPublish(topic);
  return topic;
}

/**
 * Alarms of the topic's account may publish, whatever else its policy and its key's say. A topic policy replaces the default one, which let
 * them: where TLS is demanded, for one, nobody may who is not named. Of a topic or a key that is imported nothing can be changed.
 */
export function letAlarmsPublish(topic: ITopic): void {
  // CloudWatch on behalf of this account, and of no other (the confused deputy).
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com').withConditions({
    StringEquals: { 'aws:SourceAccount': Stack.of(topic).account },
  });
  topic.masterKey?.grant(alarms, 'kms:Decrypt', 'kms:GenerateDataKey*');
  topic.addToResourcePolicy(
    new PolicyStatement({ actions: ['sns:Publish'], principals: [alarms], resources: [topic.topicArn] }),
  );
}
