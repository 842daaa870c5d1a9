/**
 * The notifier port. Every notice becomes an event on the default bus and, except for decisions, a message on the
 * topic, as text for mail and as the event for machines. Without a topic no mail is sent, which is the deployer's
 * choice.
 */
import { randomUUID } from 'node:crypto';
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { type Clock, type Deployment, type Notifier, toIso } from '../../core/model/index.ts';
import {
  STATUS_EVENT_DETAIL_TYPE,
  STATUS_EVENT_SOURCE,
  type StatusEvent,
  statusEvent,
  statusText,
} from '../../core/status/index.ts';
import { aws } from './calls/index.ts';

/** SNS accepts subjects of less than 100 characters, and may reject line breaks and non-ASCII. */
const SUBJECT_LIMIT = 99;

export interface StatusClients {
  readonly sns: Pick<SNSClient, 'send'>;
  readonly events: Pick<EventBridgeClient, 'send'>;
}

/** `publish` rejects if one of the two ways failed; the other one has been tried nevertheless. */
export function statusNotifier(
  { sns, events }: StatusClients,
  deployment: Pick<Deployment, 'ingressId' | 'rules' | 'runbookUrl' | 'topicArn'>,
  clock: Pick<Clock, 'now'>,
): Notifier {
  const { topicArn } = deployment;
  return {
    async publish(notice) {
      const event = statusEvent(deployment, notice, { id: randomUUID(), at: toIso(clock.now()) });
      const mailed = topicArn === undefined || notice.kind === 'decision' ? null : publish(sns, topicArn, event);
      const ways = await Promise.allSettled([put(events, event), mailed]);
      const failures = ways.flatMap((way) => (way.status === 'rejected' ? [way.reason] : []));
      if (failures.length === 1) throw failures[0];
      if (failures.length > 1) throw new AggregateError(failures, failures.map(String).join('; '));
    },
  };
}

async function put(client: StatusClients['events'], event: StatusEvent): Promise<void> {
  const Entries = [
    { Source: STATUS_EVENT_SOURCE, DetailType: STATUS_EVENT_DETAIL_TYPE, Detail: JSON.stringify(event) },
  ];
  const { FailedEntryCount, Entries: answers } = await aws('PutEvents', () =>
    client.send(new PutEventsCommand({ Entries })),
  );
  // A rejected entry does not make the call fail:
  // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html
  if ((FailedEntryCount ?? 0) === 0) return;
  const { ErrorCode = 'unknown', ErrorMessage = '' } = answers?.[0] ?? {};
  throw new Error(`PutEvents refused the event: ${ErrorCode} ${ErrorMessage}`);
}

/**
 * One message in two formats:
 * https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html
 */
async function publish(client: StatusClients['sns'], topicArn: string, event: StatusEvent): Promise<void> {
  const text = statusText(event);
  const json = JSON.stringify(event);
  const command = new PublishCommand({
    TopicArn: topicArn,
    Subject: event.subject.replace(/[^\x20-\x7e]/g, '').slice(0, SUBJECT_LIMIT),
    MessageStructure: 'json',
    Message: JSON.stringify({ default: text, email: text, 'email-json': json, https: json, lambda: json, sqs: json }),
    // For the filter policies of subscriptions.
    MessageAttributes: {
      kind: { DataType: 'String', StringValue: event.kind },
      severity: { DataType: 'String', StringValue: event.severity },
    },
  });
  await aws('Publish', () => client.send(command));
}
