/** The queue that is subscribed to the status topic. */
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type AcceptanceSite, clientOptions } from './account.ts';

/** Reads at most ten messages and removes them from the queue. */
export async function readMailbox(site: AcceptanceSite): Promise<string[]> {
  // The stack names the queue's address, and the environment determines the account.
  const client = new SQSClient({ ...clientOptions(site), useQueueUrlAsEndpoint: false });
  const QueueUrl = site.queueUrl;
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  for (const { ReceiptHandle } of Messages) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  client.destroy();
  return Messages.flatMap(({ Body }) => Body ?? []);
}
