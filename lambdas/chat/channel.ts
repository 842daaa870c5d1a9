/** One chat channel: where its messages go, and the secret for sending them. */
import * as z from 'zod';
import { type Card, cardOf } from './card.ts';
import { type ChatMessage, messageOf } from './message.ts';
import { pagerDutyEvent } from './pagerduty.ts';
import { slackMessage } from './slack.ts';
import { teamsMessage } from './teams.ts';

export const channelSchema = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('slack'),
    secretArn: z.string().min(1),
    /** Id of the channel, such as `C0123456789`. */
    channel: z.string().min(1),
    ledgerTable: z.string().min(1),
    url: z.url().default('https://slack.com/api/chat.postMessage'),
  }),
  /** The secret is the webhook's address itself. */
  z.strictObject({ type: z.literal('teams'), secretArn: z.string().min(1) }),
  z.strictObject({
    type: z.literal('pagerduty'),
    secretArn: z.string().min(1),
    url: z.url().default('https://events.pagerduty.com/v2/enqueue'),
  }),
]);
export type Channel = z.infer<typeof channelSchema>;

export interface ChannelPorts {
  /** Reads the channel's secret. */
  secret(): Promise<string>;
  /** @throws if the message was not accepted; the error contains no secret */
  post(url: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<unknown>;
  readonly threads: {
    read(thread: string): Promise<string | null>;
    /** Keeps the first one that is written. */
    keep(thread: string, ts: string): Promise<void>;
  };
}

/** Sends one message of the topic to the channel. @throws what the ports throw; a repetition sends it again */
export async function tellChannel(
  ports: ChannelPorts,
  channel: Channel,
  { subject, text }: { readonly subject: string; readonly text: string },
): Promise<void> {
  const message = messageOf(subject, text);
  const card = cardOf(message);
  switch (channel.type) {
    case 'slack':
      return tellSlack(ports, channel, card);
    case 'teams':
      await ports.post(await ports.secret(), teamsMessage(card));
      return;
    case 'pagerduty':
      return tellPagerDuty(ports, channel, message, card);
  }
}

const answerSchema = z.looseObject({ ok: z.boolean(), ts: z.string().optional(), error: z.string().optional() });

async function tellSlack(ports: ChannelPorts, channel: Extract<Channel, { type: 'slack' }>, card: Card): Promise<void> {
  const begun = card.thread === null ? null : await ports.threads.read(card.thread);
  const authorization = `Bearer ${await ports.secret()}`;
  const answer = await ports.post(channel.url, slackMessage(card, channel.channel, begun), { authorization });
  // Slack answers 200 even to requests that it rejects.
  const { ok, ts, error = 'unknown' } = answerSchema.parse(answer);
  if (!ok) throw new Error(`Slack refused the message: ${error}`);
  if (card.thread !== null && begun === null && ts !== undefined) await ports.threads.keep(card.thread, ts);
}

async function tellPagerDuty(
  ports: ChannelPorts,
  channel: Extract<Channel, { type: 'pagerduty' }>,
  message: ChatMessage,
  card: Card,
): Promise<void> {
  const event = pagerDutyEvent(message, card, await ports.secret());
  if (event !== null) await ports.post(channel.url, event);
}
