/** EventBridge: patterns, rules and delivery. */
export { EventBus, type LocalEvent } from './event-bus.ts';
export { eventRuleSchema } from './events.ts';
export { putEvents } from './put-events.ts';
