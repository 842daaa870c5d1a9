/** PagerDuty's Events API v2. https://developer.pagerduty.com/docs/send-alert-event */
import { shortened } from '../../input/index.ts';
import type { Card } from './card.ts';
import type { ChatMessage } from './message.ts';

const LIMITS = { summary: 1024, dedupKey: 255 } as const;

/**
 * Opens an incident for what people must look at, and resolves it. Returns null for what should wake nobody: progress,
 * sign-offs, and alarms, whose rollback is reported separately.
 */
export function pagerDutyEvent(message: ChatMessage, card: Card, routingKey: string): Record<string, unknown> | null {
  if (message.type !== 'status') return null;
  const { kind, ingressId, at } = message.event;
  const dedup_key = shortened(`crossfade/${card.thread ?? ingressId}`, LIMITS.dedupKey);
  switch (kind) {
    case 'verified':
    case 'completed':
      return { routing_key: routingKey, event_action: 'resolve', dedup_key };
    case 'rollback':
    case 'waiting':
    case 'warning':
      return {
        routing_key: routingKey,
        event_action: 'trigger',
        dedup_key,
        payload: {
          summary: shortened(card.title, LIMITS.summary),
          source: ingressId,
          severity: card.severity,
          timestamp: at,
          component: 'crossfade',
          class: kind,
          custom_details: { text: card.text, ...Object.fromEntries(card.facts) },
        },
        links: card.links.map(([text, href]) => ({ href, text })),
      };
    default:
      return null;
  }
}
