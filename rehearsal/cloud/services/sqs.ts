/** SQS: queues of the templates, filled by their topics. https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html */
import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';

const receiveSchema = z.object({ QueueUrl: z.string(), MaxNumberOfMessages: z.int().min(1).max(10).default(1) });
const deleteSchema = z.object({ QueueUrl: z.string(), ReceiptHandle: z.string() });

interface TopicMessage {
  readonly topicArn: string;
  readonly subject: string;
  readonly body: string;
}

/** A queue's URL is its ARN here: what `Ref` answers. A message is shown once, and again after nothing. */
export class LocalQueues {
  readonly #topicsOf: ReadonlyMap<string, readonly string[]>;
  readonly #messages: ReadonlyMap<string, string[]>;

  /**
   * @param topicsOf the topics that each queue hears; a queue's subscription needs no confirmation
   * @param topics as the account counts their subscriptions
   */
  constructor(topicsOf: ReadonlyMap<string, readonly string[]>, topics: ReadonlyMap<string, { confirmed: number }>) {
    this.#topicsOf = topicsOf;
    this.#messages = new Map([...topicsOf.keys()].map((arn) => [arn, []]));
    for (const topicArn of [...topicsOf.values()].flat()) {
      const topic = topics.get(topicArn);
      if (topic !== undefined) topic.confirmed++;
    }
  }

  /** What a topic hands on. */
  hear(message: TopicMessage): void {
    for (const [arn, topicArns] of this.#topicsOf)
      if (topicArns.includes(message.topicArn)) this.#find(arn).push(notification(message));
  }

  readonly operations: JsonOperations = {
    ReceiveMessage: (input) => {
      const { QueueUrl, MaxNumberOfMessages } = parse(receiveSchema, input);
      return {
        Messages: this.#find(QueueUrl)
          .splice(0, MaxNumberOfMessages)
          .map((Body) => ({
            MessageId: randomUUID(),
            ReceiptHandle: randomUUID(),
            Body,
            MD5OfBody: createHash('md5').update(Body).digest('hex'),
          })),
      };
    },
    DeleteMessage: (input) => {
      this.#find(parse(deleteSchema, input).QueueUrl);
      return {};
    },
  };

  #find(url: string): string[] {
    const queue = this.#messages.get(url);
    if (queue === undefined) throw new CloudError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }
}

/** What SNS wraps a message in. https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html */
function notification({ topicArn, subject, body }: TopicMessage): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Subject: subject,
    Message: body,
  });
}
