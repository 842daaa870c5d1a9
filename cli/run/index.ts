/** Commands that plan, steer and show a run. */
export { type DeployedOptions, deployed, located, withDeployed } from './deployment-source.ts';
export { drillCommand } from './drill.ts';
export { exportCommand, WITHOUT_LOG } from './export.ts';
export { planCommand, timelineText } from './plan.ts';
export { problemLines, readPlan, readPlanOrCampaign } from './read-plan.ts';
export { replayCommand } from './replay.ts';
export { type Returned, returnToStable, rollbackCommand } from './rollback.ts';
export { nameOption, startExecution } from './run-start.ts';
export { runbookCommand } from './runbook.ts';
export { type Located, rehearsedText } from './running-rehearsal.ts';
export { executionArn, stateMachineArn } from './state-machine-arn.ts';
export { statusCommand, statusReader } from './status.ts';
export { typedId } from './typed-id.ts';
