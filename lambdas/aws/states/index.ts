/** Executions and task tokens over Step Functions. */
export { answerSignoff } from './answer-signoff.ts';
export { sfnExecutions } from './executions.ts';
