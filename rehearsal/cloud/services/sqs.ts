/**
 * SQS: queues of the templates, filled by their topics.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
 */
import { createHash, randomUUID } from 'node:crypto';
import * as z from 'zod';
import { CloudError, type JsonOperations, parse } from '../wire/index.ts';

const receiveSchema = z.strictObject({ QueueUrl: z.string(), MaxNumberOfMessages: z.int().min(1).max(10).default(1) });
const deleteSchema = z.strictObject({ QueueUrl: z.string(), ReceiptHandle: z.string() });

interface TopicMessage {
  readonly topicArn: string;
  readonly subject: string;
  readonly body: string;
}

/** The default visibility timeout, unless the template sets another. */
const VISIBILITY_MS = 30_000;

interface Kept {
  readonly id: string;
  readonly body: string;
  /** Receipt handle of the latest delivery; each delivery has a new one. */
  receipt: string | null;
  hiddenUntil: number;
}

/**
 * A queue's URL is its ARN here, which is also what `Ref` returns. A message that was received and not deleted is
 * delivered again.
 */
export class LocalQueues {
  readonly #topicsOf: ReadonlyMap<string, readonly string[]>;
  readonly #messages: ReadonlyMap<string, Kept[]>;
  readonly #now: () => number;

  /**
   * @param topicsOf the topics to which each queue is subscribed; a queue's subscription needs no confirmation
   * @param topics with the account's subscription counts
   * @param now simulated time, in milliseconds since the epoch
   */
  constructor(
    topicsOf: ReadonlyMap<string, readonly string[]>,
    topics: ReadonlyMap<string, { confirmed: number }>,
    now: () => number,
  ) {
    this.#topicsOf = topicsOf;
    this.#now = now;
    this.#messages = new Map([...topicsOf.keys()].map((arn) => [arn, []]));
    for (const topicArn of [...topicsOf.values()].flat()) {
      const topic = topics.get(topicArn);
      if (topic !== undefined) topic.confirmed++;
    }
  }

  /** Receives a message from a topic. */
  hear(message: TopicMessage): void {
    for (const [arn, topicArns] of this.#topicsOf)
      if (topicArns.includes(message.topicArn))
        this.#find(arn).push({ id: randomUUID(), body: notification(message), receipt: null, hiddenUntil: 0 });
  }

  readonly operations: JsonOperations = {
    ReceiveMessage: (input) => {
      const { QueueUrl, MaxNumberOfMessages } = parse(receiveSchema, input, 'InvalidParameterValue');
      const now = this.#now();
      const visible = this.#find(QueueUrl).filter(({ hiddenUntil }) => hiddenUntil <= now);
      const Messages = visible.slice(0, MaxNumberOfMessages).map((message) => {
        const ReceiptHandle = randomUUID();
        Object.assign(message, { receipt: ReceiptHandle, hiddenUntil: now + VISIBILITY_MS });
        const MD5OfBody = createHash('md5').update(message.body).digest('hex');
        return { MessageId: message.id, ReceiptHandle, Body: message.body, MD5OfBody };
      });
      return { Messages };
    },
    DeleteMessage: (input) => {
      const { QueueUrl, ReceiptHandle } = parse(deleteSchema, input);
      const queue = this.#find(QueueUrl);
      if (!z.uuid().safeParse(ReceiptHandle).success)
        throw new CloudError('ReceiptHandleIsInvalid', 'The input receipt handle is invalid.');
      const at = queue.findIndex(({ receipt }) => receipt === ReceiptHandle);
      if (at >= 0) queue.splice(at, 1);
      return {};
    },
  };

  #find(url: string): Kept[] {
    const queue = this.#messages.get(url);
    if (queue === undefined) throw new CloudError('QueueDoesNotExist', 'The specified queue does not exist.');
    return queue;
  }
}

/** SNS's envelope around a message. https://docs.aws.amazon.com/sns/latest/dg/sns-sqs-as-subscriber.html */
function notification({ topicArn, subject, body }: TopicMessage): string {
  return JSON.stringify({
    Type: 'Notification',
    MessageId: randomUUID(),
    TopicArn: topicArn,
    Subject: subject,
    Message: body,
  });
}
