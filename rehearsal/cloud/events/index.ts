/** EventBridge: patterns, rules and delivery. */
export { EventBus, type LocalEvent } from './event-bus.ts';
export { ruleSchema } from './events.ts';
