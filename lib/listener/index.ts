/** The weighted rule on the listener: its conditions, and the resource that creates it. */
export { checkGroups, checkListenerConstruct, madeHere, placesOfGroups } from './check-constructs.ts';
export { type CohortProps, checkCohort } from './cohort.ts';
export { checkMatch, type HeaderValues, type QueryMatch, type RuleMatch } from './rule-match.ts';
export {
  COHORT_SHAPE,
  type CutoverGroups,
  GROUPS_SHAPE,
  type ListenerRef,
  MATCH_SHAPE,
  MAX_PRIORITY,
  RULE_SHAPE,
  type RuleProps,
  type TargetGroupRef,
} from './rule-props.ts';
export {
  ruleProperties,
  SAFE_METHODS,
  WeightedRule,
  type WeightedRuleProps,
  WeightedRuleProvider,
  type WeightedRuleProviderProps,
} from './weighted-rule.ts';
