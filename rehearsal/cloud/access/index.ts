/** IAM: permissions according to the synthesised policies. */
export { Access, sentenceOf } from './access.ts';
export { POLICIES_OF_AWS } from './account-policies.ts';
export { Context } from './conditions.ts';
export { decisionOn } from './evaluate.ts';
export { invocation, type Known, publishTo } from './needed-rights.ts';
export { parsePolicy } from './policy.ts';
