/** The decisions of an owner about differences. */
export type { ArrayRule, BodyRules } from './body-rules.ts';
export { seenIn } from './excerpt.ts';
export {
  appliesTo,
  applyRules,
  type CompiledRules,
  compileRules,
  expiredRules,
  pathOfRoute,
  type RouteRules,
  sweepingRules,
  varying,
} from './rules.ts';
export { InvalidRulesError, parseRules, type Rule, type RuleSet } from './schema.ts';
