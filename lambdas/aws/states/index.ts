/** Executions and task tokens over Step Functions. */
export { answerSignoff, type SignoffAnswer } from './answer-signoff.ts';
export { sfnExecutions } from './executions.ts';
