/** The weighted rule on the listener: its conditions, and the resource that creates it. */
export { type CohortProps, checkCohort } from './cohort.ts';
export { checkMatch, type HeaderValues, type QueryMatch, type RuleMatch } from './rule-match.ts';
export {
  type CutoverGroups,
  type ListenerRef,
  MAX_PRIORITY,
  type RuleProps,
  ruleProperties,
  SAFE_METHODS,
  type TargetGroupRef,
  WeightedRule,
  type WeightedRuleProps,
  WeightedRuleProvider,
  type WeightedRuleProviderProps,
} from './weighted-rule.ts';
