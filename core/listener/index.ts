/**
 * The listener that a cutover shares with others: which requests its rules match, from whom they take requests, and who
 * else writes there.
 */
export { ANY_REQUEST, type RuleConditions, sameConditions } from './conditions.ts';
export { copiedRule } from './copied-rule.ts';
export {
  type GroupReading,
  ownerRefusalsOf,
  type ServiceReading,
  type Surroundings,
  stickinessRefusals,
} from './other-owners.ts';
export { otherUses } from './other-uses.ts';
export { refusalText } from './refusal.ts';
export {
  type ListenerRule,
  type NewRule,
  rulesBefore,
  shadowRefusals,
  standingRefusals,
} from './shadowed-rules.ts';
