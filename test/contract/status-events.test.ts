import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import type { Notice } from '../../core/model/ports.ts';
import { statusEventSchema } from '../../core/status/status-event.ts';
import { statusNotifier } from '../../lambdas/aws/status-notifier.ts';
import { BACKENDS, type Backend, TOPIC } from './backends.ts';

const notice: Notice = {
  kind: 'rollback',
  cutoverId: cutoverIdSchema.parse('spring'),
  phase: 'stage',
  candidatePercent: 0,
  subject: 'Crossfade spring: rolled back – all of it',
  body: 'All traffic is on stable.',
};
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const at = Date.parse('2026-11-26T03:00:00.000Z');

describe.each(BACKENDS)('status events over %s', (name, start) => {
  let backend: Backend;
  let sns: SNSClient;
  let events: EventBridgeClient;
  beforeAll(async () => {
    backend = await start();
    const options = { endpoint: backend.environment.AWS_ENDPOINT_URL ?? '', region: 'us-east-1', credentials };
    sns = new SNSClient(options);
    events = new EventBridgeClient(options);
  });
  afterAll(() => backend.stop());

  const notifier = (topicArn = TOPIC) =>
    statusNotifier({ sns, events }, { ...backend.deployment, topicArn }, { now: () => at });

  it('reach the bus and the topic', async () => {
    await expect(notifier().publish(notice)).resolves.toBeUndefined();
    if (backend.mails === null) return;
    expect(backend.mails().at(-1)).toMatchObject({ subject: 'Crossfade spring: rolled back  all of it' });
    expect(backend.mails().at(-1)?.body).toMatch(/^All traffic is on stable\./);
  });

  it('reach the topic however long their subject is', async () => {
    await expect(notifier().publish({ ...notice, subject: 's'.repeat(1_000) })).resolves.toBeUndefined();
    if (backend.mails !== null) expect(backend.mails().at(-1)?.subject).toBe('s'.repeat(99));
  });

  it.each(['"', '\\', '\n', 'é', '😀', '\u0001'])(
    'reach both whatever was said, and however much of it: %j',
    async (character) => {
      const said = character.repeat(32_768);
      const signoff = {
        kind: 'final',
        expiresAt: new Date(at).toISOString(),
        evidence: said,
        approve: 'a',
        refuse: 'r',
      } as const;
      await expect(
        notifier().publish({ ...notice, subject: `Crossfade ${said}`, body: said, todo: said, signoff }),
      ).resolves.toBeUndefined();
    },
  );

  it('reject when the topic is gone', async () => {
    const gone = TOPIC.replace(/status$/, 'gone');
    await expect(notifier(gone).publish(notice)).rejects.toThrow(/does not exist/);
  });

  it('send decisions to the bus alone', async () => {
    const before = backend.mails?.().length;
    const gone = TOPIC.replace(/status$/, 'gone');
    await expect(notifier(gone).publish({ ...notice, kind: 'decision' })).resolves.toBeUndefined();
    expect(backend.mails?.().length).toBe(before);
  });

  // AWS documents this refusal, but moto accepts the message.
  it.skipIf(name === 'moto')('refuse a message without its default form', async () => {
    const command = new PublishCommand({ TopicArn: TOPIC, MessageStructure: 'json', Message: '{"email":"x"}' });
    await expect(sns.send(command)).rejects.toThrow(/default/i);
  });

  it('are counted as failed where an entry is refused', async () => {
    const Entries = [{ Source: 'crossfade', DetailType: 'x', Detail: 'no json' }];
    const answer = await events.send(new PutEventsCommand({ Entries }));
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] });
  });

  it.runIf(name === 'moto')('reach a queue as the event, not as the mail', async () => {
    const url = backend.environment.AWS_ENDPOINT_URL ?? '';
    const query = async (service: string, parameters: Record<string, string>) =>
      (
        await fetch(url, {
          method: 'POST',
          headers: {
            'content-type': 'application/x-www-form-urlencoded',
            authorization: `AWS4-HMAC-SHA256 Credential=local/20261126/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`,
          },
          body: new URLSearchParams(parameters),
        })
      ).text();
    await query('sqs', { Action: 'CreateQueue', Version: '2012-11-05', QueueName: 'status' });
    await query('sns', {
      Action: 'Subscribe',
      Version: '2010-03-31',
      TopicArn: TOPIC,
      Protocol: 'sqs',
      Endpoint: 'arn:aws:sqs:us-east-1:123456789012:status',
    });
    await notifier().publish(notice);
    const received = await query('sqs', {
      Action: 'ReceiveMessage',
      Version: '2012-11-05',
      QueueUrl: `${url}/123456789012/status`,
    });
    const body = /<Body>([\s\S]*?)<\/Body>/.exec(received)?.[1] ?? '';
    const envelope = z
      .looseObject({ Message: z.string() })
      .parse(JSON.parse(body.replaceAll('&quot;', '"').replaceAll('&amp;', '&')));
    expect(statusEventSchema.parse(JSON.parse(envelope.Message))).toMatchObject({
      kind: 'rollback',
      severity: 'error',
    });
  });
});
