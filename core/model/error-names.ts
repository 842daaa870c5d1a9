/** The names of errors, and what each means to an operator. */

/**
 * Every name that a task or an execution may end with; docs/reference/errors.md prints this table. `Crossfade.Transient` is the
 * only one that the state machine retries.
 */
export const ERRORS = {
  'Crossfade.InvalidPlan': {
    meaning:
      'The plan, the attach file or the input of the execution is not valid; the message names every wrong field.',
    traffic: 'Unchanged.',
    next: 'Correct the fields and start again. `crossfade plan FILE` checks a plan without AWS.',
  },
  'Crossfade.Refused': {
    meaning: 'Preflight or baseline found a reason not to begin; the message names every reason.',
    traffic: 'Unchanged.',
    next: 'Fix the causes, then start a new execution.',
  },
  'Crossfade.InvalidState': {
    meaning: 'A task got a state or an event that its phase does not expect.',
    traffic: 'The rollback that follows returns it to stable.',
    next: 'Do not write the state by hand. Otherwise report a bug, with the execution history.',
  },
  'Crossfade.RuleKept': {
    meaning:
      'A deployment would have changed the listener rule while a cutover was running or the candidate had traffic.',
    traffic: 'Unchanged; the live weights stay as they are.',
    next: 'Wait for the cutover to end, or run `crossfade rollback`, then deploy again.',
  },
  'Crossfade.DeploymentKept': {
    meaning: 'Somebody tried to delete a stack whose functions run a cutover, or are rolling one back.',
    traffic: 'Unchanged; the run, its alarms and its watchdog go on.',
    next: 'Wait for the cutover to end, or run `crossfade rollback`, then delete the stack again.',
  },
  'Crossfade.IngressRenamed': {
    meaning:
      'An update would have renamed the ingress of an existing stack; everything that a run needs has the ingress in its name.',
    traffic: 'Unchanged; CloudFormation rolls the update back and deletes nothing that existed before.',
    next: 'Keep the ingress id, or delete the stack when no cutover runs and deploy it anew.',
  },
  'Crossfade.RuleRefused': {
    meaning:
      'A rule of the deployment would take requests that the stable side does not serve today, or its target groups do not take weights.',
    traffic: 'Unchanged; no rule was made or changed.',
    next: 'Narrow the rule to what the stable side serves today, or copy the named rule (`like`), then deploy again.',
  },
  'Crossfade.DrillFailed': {
    meaning: 'The alarm of a drill was tripped and did not trigger a rollback in time.',
    traffic: 'At most 1 % on the candidate; the rollback that follows returns it to stable.',
    next: "Check the alarm's actions, the permission of the rollback function for alarms, and its dead-letter queue.",
  },
  'Crossfade.Fenced': {
    meaning: 'A rollback or a newer run owns the ingress, so this run must stop writing.',
    traffic: 'On stable, or being returned to it.',
    next: 'Nothing. `crossfade status` shows who requested the rollback and why.',
  },
  'Crossfade.Superseded': {
    meaning: 'A newer intent of the same run replaced the one that this task had recorded.',
    traffic: 'As the newer intent says, once its writer has finished.',
    next: 'Nothing; the writer that lost brings the listener in line with the newer intent.',
  },
  'Crossfade.NoHealthyTarget': {
    meaning: 'A target group that would have got traffic has no healthy target.',
    traffic: 'Unchanged by this step; the rollback that follows returns it to stable.',
    next: 'Check the tasks and health checks of that target group, then start a new execution.',
  },
  'Crossfade.WeightsNotApplied': {
    meaning: 'The listener does not have the weights that were written.',
    traffic: 'Between the old and the new weights; the rollback that follows returns it to stable.',
    next: 'Wait for the rollback. If it repeats, look in CloudTrail for another writer of the listener rule.',
  },
  'Crossfade.IngressUnavailable': {
    meaning: 'The listener rule was deleted, or is no longer a weighted forward rule.',
    traffic: 'Unknown.',
    next: 'Give the rule another priority in the stack and `cdk deploy`, which makes it anew; then roll back.',
  },
  'Crossfade.LedgerUnavailable': {
    meaning: 'The ledger cannot be reached or cannot take the entry.',
    traffic: 'As the last confirmed weights left it.',
    next: 'Check DynamoDB and permissions. `crossfade rollback --break-glass` works without the ledger.',
  },
  'Crossfade.Transient': {
    meaning: 'An AWS call failed with a throttle, a timeout, a lost connection or a server error.',
    traffic:
      'Unknown until the weights are read again; the task is retried for eight minutes, and the run is rolled back if that fails.',
    next: 'Nothing, unless it repeats: then check the quotas and the health of that AWS service.',
  },
  'Crossfade.SignoffRefused': {
    meaning: 'A person rejected the pending sign-off.',
    traffic: 'The rollback that follows returns it to stable.',
    next: 'Nothing; the decision log names the person and the reason.',
  },
  'Crossfade.HookRefused': {
    meaning: 'A hook of the plan voted against the next step.',
    traffic: 'The rollback that follows returns it to stable.',
    next: 'Read the reason in the message; it comes from the hook.',
  },
  'Crossfade.RolledBack': {
    meaning: 'The execution ended with a rollback; its cause is the reason.',
    traffic: 'On stable.',
    next: 'Read the reason, fix the candidate, and start a new execution.',
  },
  'Crossfade.RollbackFailed': {
    meaning: 'The execution could not confirm its rollback.',
    traffic: 'Unknown to the execution; the watchdog repeats the rollback every minute.',
    next: 'Run `crossfade status`, and roll back by hand if the live weights are not the expected ones.',
  },
} as const satisfies Record<string, { readonly meaning: string; readonly traffic: string; readonly next: string }>;
export type ErrorName = keyof typeof ERRORS;
