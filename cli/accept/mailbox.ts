/** The queue that hears the status topic. */
import { DeleteMessageCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { type AcceptanceSite, clientOptions } from './account.ts';

/** Reads what is there, at most ten messages, and removes it from the queue. */
export async function readMailbox(site: AcceptanceSite): Promise<string[]> {
  // The queue's address is as the stack says; where the account is says the environment.
  const client = new SQSClient({ ...clientOptions(site), useQueueUrlAsEndpoint: false });
  const QueueUrl = site.queueUrl;
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  for (const { ReceiptHandle } of Messages) await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
  client.destroy();
  return Messages.flatMap(({ Body }) => Body ?? []);
}
