/**
 * Removes secrets from captures: one list of names, one list of shapes, and hashes keyed by cutover, capture and place.
 */

export { targetWithoutSecrets } from './fields.ts';
export { CaptureRedaction, Redaction } from './redaction.ts';
export type { RedactionRules } from './rules.ts';
export { PERSONAL_RULES, routeWithoutSecrets, withoutSecrets } from './search/index.ts';
