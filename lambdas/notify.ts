/**
 * Notify: passes each message of the status topic to one chat channel. Lambda repeats failures, and finally puts the
 * message into the queue.
 */
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import * as z from 'zod';
import { aws, CLIENT_OPTIONS } from './aws/calls/index.ts';
import { dynamoChatThreads } from './aws/dynamo/index.ts';
import { type ChannelPorts, channelSchema, postJson, tellChannel } from './chat/index.ts';

const VARIABLE = 'CROSSFADE_CHANNEL';

/** https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
const eventSchema = z.looseObject({
  Records: z.array(z.looseObject({ Sns: z.looseObject({ Subject: z.string().nullish(), Message: z.string() }) })),
});

export function makeHandler(ports: ChannelPorts, channel: z.infer<typeof channelSchema>) {
  return async (event: unknown): Promise<void> => {
    for (const { Sns } of eventSchema.parse(event).Records)
      await tellChannel(ports, channel, { subject: Sns.Subject ?? '', text: Sns.Message });
  };
}

let composed: ReturnType<typeof makeHandler> | undefined;

function compose() {
  const channel = channelSchema.parse(JSON.parse(process.env[VARIABLE] ?? 'null'));
  const secrets = new SecretsManagerClient(CLIENT_OPTIONS);
  const command = new GetSecretValueCommand({ SecretId: channel.secretArn });
  const table = channel.type === 'slack' ? channel.ledgerTable : '';
  const name = channel.type === 'slack' ? channel.channel : '';
  return makeHandler(
    {
      secret: async () => (await aws('GetSecretValue', () => secrets.send(command))).SecretString?.trim() ?? '',
      post: postJson,
      threads: dynamoChatThreads(new DynamoDBClient(CLIENT_OPTIONS), table, name),
    },
    channel,
  );
}

export const handler = (event: unknown) => {
  composed ??= compose();
  return composed(event);
};
