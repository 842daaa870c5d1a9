/**
 * An Adaptive Card for a Teams workflow that begins with "When a Teams webhook request is received". A Teams webhook
 * returns no message id, so there are no threads, and each card names its cutover.
 * https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook
 */
import { shortened } from '../../input/index.ts';
import type { Card } from './card.ts';

/** Teams rejects messages above 28 KB, and the text is by far the longest part of a card. */
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
              text: plainText(shortened(title, LIMITS.title)),
              size: 'medium',
              weight: 'bolder',
              wrap: true,
              color: COLORS[severity],
            },
            { type: 'TextBlock', text: plainText(shortened(text, LIMITS.text)), wrap: true },
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

/** A TextBlock interprets Markdown, so characters that would create links or emphasis are escaped. */
function plainText(text: string): string {
  return text.replaceAll(/([\\`*_[\]])/g, '\\$1');
}
