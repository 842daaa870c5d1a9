/** Slack's `chat.postMessage`, with Block Kit. https://docs.slack.dev/reference/methods/chat.postMessage */
import { shortened } from '../../input/index.ts';
import type { Card } from './card.ts';

/** https://docs.slack.dev/reference/block-kit/blocks: characters. */
const LIMITS = { header: 150, section: 3000, button: 75, url: 3000 } as const;

const MARKS = {
  info: ':large_blue_circle:',
  warning: ':warning:',
  error: ':red_circle:',
  critical: ':rotating_light:',
};

/** @param thread `ts` of the first message of the thread; null begins a new one */
export function slackMessage(card: Card, channel: string, thread: string | null): Record<string, unknown> {
  const { title, text, facts, commands, links, severity } = card;
  const buttons = links
    .filter(([, url]) => url.length <= LIMITS.url)
    .map(([label, url]) => ({
      type: 'button',
      text: { type: 'plain_text', text: shortened(label, LIMITS.button) },
      url,
    }));
  return {
    channel,
    // Read out by notifications and screen readers.
    text: shortened(escaped(`${title}: ${text}`), LIMITS.section),
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: shortened(title, LIMITS.header) } },
      section(`${MARKS[severity]} ${escaped(text)}`),
      ...(commands.length === 0 ? [] : [section(`\`\`\`${escaped(commands.join('\n'))}\`\`\``)]),
      ...(facts.length === 0
        ? []
        : [
            {
              type: 'context',
              elements: facts.map(([name, value]) => ({ type: 'mrkdwn', text: `*${name}* ${escaped(value)}` })),
            },
          ]),
      ...(buttons.length === 0 ? [] : [{ type: 'actions', elements: buttons }]),
    ],
    unfurl_links: false,
    ...(thread === null ? {} : { thread_ts: thread }),
    // Messages about the end of a cutover, or a danger to it, also appear in the channel.
    ...(thread !== null && severity !== 'info' ? { reply_broadcast: true } : {}),
  };
}

function section(text: string) {
  return { type: 'section', text: { type: 'mrkdwn', text: shortened(text, LIMITS.section) } };
}

/**
 * Prevents text from becoming a mention, a link or a channel. https://docs.slack.dev/messaging/formatting-message-text
 */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
