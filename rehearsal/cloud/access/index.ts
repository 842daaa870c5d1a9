/** IAM: who may do what, by the synthesised policies. */
export { Access, sentenceOf } from './access.ts';
export { invocation, publishTo } from './asked.ts';
