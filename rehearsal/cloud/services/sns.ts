/**
 * SNS: every message is stored and reported. There are no subscribers here except those that a topic counts.
 * https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
 */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { CloudError, type QueryOperations, reading } from '../wire/index.ts';

export interface PublishedMessage {
  readonly topicArn: string;
  readonly subject: string;
  readonly body: string;
}

const PARAMETERS = {
  GetTopicAttributes: ['TopicArn'],
  Publish: ['TopicArn', 'Subject', 'Message', 'MessageAttributes', 'MessageStructure'],
};
const TOPIC_ARN = /^arn:[\w-]+:sns:[\w-]*:\d*:[\w-]+(\.fifo)?$/;
const MAX_BYTES = 262_144;
/** Subjects are “less than 100 characters long”. */
const SUBJECT_LIMIT = 99;

/** The attributes in the answer of GetTopicAttributes. */
export interface TopicAttributes {
  readonly policy: unknown;
  readonly keyArn: string | null;
  readonly confirmed: number;
  readonly pending: number;
}

export class LocalSns {
  readonly published: PublishedMessage[] = [];
  readonly #topics: ReadonlyMap<string, TopicAttributes>;
  readonly #onMessage: (message: PublishedMessage) => void;

  constructor(topics: ReadonlyMap<string, TopicAttributes>, onMessage: (message: PublishedMessage) => void) {
    this.#topics = topics;
    this.#onMessage = onMessage;
  }

  /** Sends on behalf of an AWS service; if the topic does not exist, the message is lost, as for an alarm. */
  send(message: PublishedMessage): void {
    if (!this.#topics.has(message.topicArn)) return;
    this.published.push(message);
    this.#onMessage(message);
  }

  readonly operations = reading(
    PARAMETERS,
    {
      GetTopicAttributes: (p) => {
        const TopicArn = p.get('TopicArn') ?? '';
        const topic = this.#find(TopicArn);
        const attributes = {
          TopicArn,
          Policy: JSON.stringify(topic.policy),
          KmsMasterKeyId: topic.keyArn,
          SubscriptionsConfirmed: String(topic.confirmed),
          SubscriptionsPending: String(topic.pending),
        };
        return { Attributes: new Map(Object.entries(attributes).filter(([, value]) => value !== null)) };
      },
      Publish: (p) => {
        const sent = p.get('Message') ?? '';
        const structured = p.get('MessageStructure') === 'json';
        const message = {
          topicArn: p.get('TopicArn') ?? '',
          subject: p.get('Subject') ?? '',
          body: structured ? mailOf(sent) : sent,
        };
        this.#find(message.topicArn);
        if (p.get('Subject') === '' || message.subject.length > SUBJECT_LIMIT || /[^\x20-\x7e]/.test(message.subject))
          throw new CloudError('InvalidParameter', 'Invalid parameter: Subject');
        if (message.body === '' || Buffer.byteLength(sent) > MAX_BYTES)
          throw new CloudError('InvalidParameter', 'Invalid parameter: Message');
        this.send(message);
        return { MessageId: randomUUID() };
      },
    } satisfies QueryOperations,
    'InvalidParameter',
  );

  /** @throws CloudError */
  #find(arn: string): TopicAttributes {
    if (!TOPIC_ARN.test(arn)) throw new CloudError('InvalidParameter', 'Invalid parameter: TopicArn');
    const topic = this.#topics.get(arn);
    if (topic === undefined) throw new CloudError('NotFound', 'Topic does not exist', 404);
    return topic;
  }
}

const structureSchema = z.looseObject({ default: z.string(), email: z.string().optional() });

/**
 * The form that a mail subscription gets of a message with a form for each protocol; `default` is required.
 * @throws CloudError
 */
function mailOf(sent: string): string {
  const { success, data } = structureSchema.safeParse(parsedJson(sent));
  if (!success)
    throw new CloudError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - No default entry in JSON message body',
    );
  return data.email ?? data.default;
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CloudError(
      'InvalidParameter',
      'Invalid parameter: Message Structure - JSON message body failed to parse',
    );
  }
}
