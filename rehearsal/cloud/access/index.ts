/** IAM: who may do what, by the synthesised policies. */
export { Access, sentenceOf } from './access.ts';
export { invocation, publishTo } from './asked.ts';
export { Context } from './conditions.ts';
export { decisionOn } from './evaluate.ts';
export { parsePolicy } from './policy.ts';
