/** The listener that a cutover shares with others: which requests its rules take, from whom, and who else writes there. */
export { ANY_REQUEST, type RuleConditions, sameConditions } from './conditions.ts';
export {
  type GroupReading,
  KUBERNETES_TAGS,
  ownerRefusalsOf,
  type ServiceReading,
  type Surroundings,
  type SurroundingsReading,
  stickinessRefusals,
} from './other-owners.ts';
export { patternsMeet } from './pattern.ts';
export { type ListenerRule, shadowRefusals } from './shadowed-rules.ts';
