/** A capture without its secrets: one list of names, one of shapes, hashes keyed by cutover, capture and place. */

export { targetWithoutSecrets } from './fields.ts';
export { CaptureRedaction, Redaction } from './redaction.ts';
export type { RedactionRules } from './rules.ts';
export { PERSONAL_RULES, routeWithoutSecrets, withoutSecrets } from './search/index.ts';
