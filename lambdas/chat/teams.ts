/**
 * An Adaptive Card for a workflow of Teams that begins with "When a Teams webhook request is received". A webhook of Teams answers with no
 * id of the message, so there is no thread: each card names its cutover.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
import { type Card, cut } from './card.ts';

/** Teams refuses messages above 28 KB; a card's text is by far its longest part. */
const LIMITS = { text: 4_000, title: 256 } as const;

const COLORS = { info: 'default', warning: 'warning', error: 'attention', critical: 'attention' };

export function teamsMessage({ title, text, facts, commands, links, severity }: Card): Record<string, unknown> {
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            {
              type: 'TextBlock',
              text: plainText(cut(title, LIMITS.title)),
              size: 'medium',
              weight: 'bolder',
              wrap: true,
              color: COLORS[severity],
            },
            { type: 'TextBlock', text: plainText(cut(text, LIMITS.text)), wrap: true },
            ...commands.map((command) => ({
              type: 'TextBlock',
              text: plainText(command),
              fontType: 'monospace',
              wrap: true,
            })),
            ...(facts.length === 0
              ? []
              : [{ type: 'FactSet', facts: facts.map(([name, value]) => ({ title: name, value: plainText(value) })) }]),
          ],
          actions: links.map(([label, url]) => ({ type: 'Action.OpenUrl', title: label, url })),
        },
      },
    ],
  };
}

/** A TextBlock reads Markdown: what would make a link or emphasis of somebody's words is escaped. */
function plainText(text: string): string {
  return text.replaceAll(/([\\`*_[\]])/g, '\\$1');
}
