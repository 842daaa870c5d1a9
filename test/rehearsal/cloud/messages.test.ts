import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalSns } from '../../../rehearsal/cloud/services/sns.ts';
import { LocalQueues } from '../../../rehearsal/cloud/services/sqs.ts';
import { type Served, serve } from './support.ts';

const TOPIC = 'arn:aws:sns:local-1:000000000000:news';
const QueueUrl = 'arn:aws:sqs:local-1:000000000000:box';
let now: number;
let served: Served;
let sns: SNSClient;
let sqs: SQSClient;

beforeEach(async () => {
  now = 0;
  const queues = new LocalQueues(new Map([[QueueUrl, [TOPIC]]]), new Map(), () => now);
  const state = { policy: null, keyArn: null, confirmed: 0, pending: 0 };
  const topic = new LocalSns(new Map([[TOPIC, state]]), (message) => queues.hear(message));
  served = await serve({
    json: { AmazonSQS: { service: 'sqs', operations: queues.operations } },
    query: { '2010-03-31': { service: 'sns', operations: topic.operations } },
  });
  sns = new SNSClient(served.client);
  sqs = new SQSClient({ ...served.client, useQueueUrlAsEndpoint: false });
});
afterEach(async () => {
  sns.destroy();
  sqs.destroy();
  await served.stop();
});

const publish = (Message: string, Subject?: string) =>
  sns.send(new PublishCommand({ TopicArn: TOPIC, Message, ...(Subject === undefined ? {} : { Subject }) }));

async function receive(): Promise<{ text: string; handle: string }[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '', ReceiptHandle = '' }) => ({
    text: JSON.parse(Body).Message,
    handle: ReceiptHandle,
  }));
}

describe('a topic', () => {
  it.each<[string, boolean, string | undefined]>([
    ['no subject', true, undefined],
    ['a subject of 99 characters', true, 's'.repeat(99)],
    ['a subject of 100 characters', false, 's'.repeat(100)],
    ['an empty subject', false, ''],
    ['a line break in its subject', false, 'a\nb'],
  ])('takes a message with %s: %s', async (_what, taken, subject) => {
    const answer = publish('m', subject).then(
      () => true,
      ({ name }: Error) => name,
    );
    expect(await answer).toBe(taken ? true : 'InvalidParameterException');
  });
});

describe('a message in a queue', () => {
  const texts = async () => (await receive()).map(({ text }) => text);

  it('is hidden for half a minute once it was shown, and then shown again', async () => {
    await publish('a');
    expect(await texts()).toEqual(['a']);
    now = 29_999;
    await publish('b');
    expect(await texts()).toEqual(['b']);
    now = 30_000;
    expect(await texts()).toEqual(['a']);
  });

  it('is gone once it was deleted by the handle that it was last shown with', async () => {
    await publish('a');
    const remove = (handle = '') => sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle }));
    const [first] = await receive();
    now = 30_000;
    const [second] = await receive();
    await remove(first?.handle);
    now = 60_000;
    const [third] = await receive();
    expect(third?.text).toBe('a');
    await remove(second?.handle);
    await remove(third?.handle);
    now = 120_000;
    expect(await receive()).toEqual([]);
  });
});
