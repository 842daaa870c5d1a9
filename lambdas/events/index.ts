/** Events of AWS services, as the handlers read them. */
export { judgeBatch } from './firehose-batch.ts';
export { parseRollbackEvent } from './rollback-request.ts';
export { type RuleProperties, rulePropertiesSchema } from './rule-properties.ts';
