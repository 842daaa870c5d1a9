/** Executions and task tokens of Step Functions. */
export { answerSignoff, type SignoffAnswer } from './answer-signoff.ts';
export { executionState, sfnExecutions } from './executions.ts';
