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
  // CloudWatch on behalf of this account, and of no other (the confused deputy).
  const alarms = new ServicePrincipal('cloudwatch.amazonaws.com').withConditions({
    StringEquals: { 'aws:SourceAccount': Stack.of(scope).account },
  });
  key.grant(alarms, 'kms:Decrypt', 'kms:GenerateDataKey*');
  const topic = new Topic(home, 'Topic', { enforceSSL: true, masterKey: key as IKey });
  // A topic policy replaces the default one, which let the account's alarms publish: with TLS demanded, nobody may who is not named.
  topic.addToResourcePolicy(
    new PolicyStatement({ actions: ['sns:Publish'], principals: [alarms], resources: [topic.topicArn] }),
  );
  return topic;
}
