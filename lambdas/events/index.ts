/** Parses events of AWS services for the handlers. */
export { judgeBatch } from './firehose-batch.ts';
export { parseRollbackEvent } from './rollback-request.ts';
export { type RuleProperties, rulePropertiesSchema } from './rule-properties.ts';
