import { Duration, Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import * as z from 'zod';
import { acknowledge, allowItems, allowSecret, HandlerFunction } from '../functions/index.ts';
import {
  aSecretArn,
  aTable,
  aTopic,
  checkFor,
  checkProps,
  checkRegions,
  matching,
  placeOfStack,
  type Shape,
} from '../props/index.ts';

/** Each secret is an ARN in Secrets Manager; the secret's value is plain text (not JSON). */
export interface ChatChannels {
  /** A bot token with the scope `chat:write`, and the channel's id; one thread per cutover. */
  readonly slack?: { readonly secretArn: string; readonly channel: string };
  /** The address of a Teams workflow that begins with a webhook request. */
  readonly teams?: { readonly secretArn: string };
  /**
   * A routing key of the Events API v2: opens incidents for what people must look at, and resolves them when counts
   * verify the rollback.
   */
  readonly pagerDuty?: { readonly secretArn: string };
}

export interface ChatNotifierProps {
  /** The topic whose messages are passed on. */
  readonly topic: ITopic;
  /** Stores which message began a cutover's thread. */
  readonly ledger: ITableV2;
  /** The channels; a function is created for each. */
  readonly channels: ChatChannels;
}

export const CHANNELS_SHAPE = z.strictObject({
  slack: z
    .strictObject({
      secretArn: aSecretArn,
      channel: matching(/^[CGD][A-Z0-9]{2,}$/, "a channel's id such as C0123456789"),
    })
    .optional(),
  teams: z.strictObject({ secretArn: aSecretArn }).optional(),
  pagerDuty: z.strictObject({ secretArn: aSecretArn }).optional(),
} satisfies Shape<ChatChannels>);

const SHAPE: Shape<ChatNotifierProps> = { topic: aTopic, ledger: aTable, channels: CHANNELS_SHAPE };

/**
 * Notifies chats and pagers. Each channel has a function of its own, so that none waits for another or receives a
 * message twice because of it.
 */
export class ChatNotifier extends Construct {
  /** Messages that a channel permanently rejected. */
  readonly deadLetters: Queue;

  constructor(scope: Construct, id: string, props: ChatNotifierProps) {
    super(scope, id);
    checkProps(`ChatNotifier ${id}`, SHAPE, props, this);
    const { topic, ledger, channels } = props;
    checkRegions(
      checkFor(`ChatNotifier ${id}`),
      placeOfStack(Stack.of(this)),
      Object.entries(channels).flatMap(([name, channel]): [string, string][] =>
        channel === undefined ? [] : [[`channels.${name}.secretArn`, channel.secretArn]],
      ),
    );
    const { slack, teams, pagerDuty } = channels;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    acknowledge(this.deadLetters, 'AwsSolutions-SQS3', 'This is the dead-letter queue');
    if (slack !== undefined)
      allowItems(
        this.#tell(topic, 'Slack', { type: 'slack', ...slack, ledgerTable: ledger.tableName }),
        ledger,
        ['dynamodb:GetItem', 'dynamodb:PutItem'],
        // The same table contains the lease, to which a chat must have no access.
        { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': [`CHAT#${slack.channel}`] } },
      );
    if (teams !== undefined) this.#tell(topic, 'Teams', { type: 'teams', ...teams });
    if (pagerDuty !== undefined) this.#tell(topic, 'PagerDuty', { type: 'pagerduty', ...pagerDuty });
  }

  #tell(topic: ITopic, id: string, channel: { readonly secretArn: string } & Readonly<Record<string, string>>) {
    const handler = new HandlerFunction(this, id, {
      handler: 'notify',
      description: `Tells ${id} of the cutover`,
      environment: { CROSSFADE_CHANNEL: JSON.stringify(channel) },
      timeout: Duration.seconds(30),
    });
    allowSecret(handler, channel.secretArn);
    handler.fn.configureAsyncInvoke({ retryAttempts: 2, onFailure: new SqsDestination(this.deadLetters) });
    topic.addSubscription(new LambdaSubscription(handler.fn, { deadLetterQueue: this.deadLetters }));
    return handler;
  }
}
