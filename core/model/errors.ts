/** The errors: their names, their meaning for an operator, and the classes that are thrown. */
import * as z from 'zod';
import { describeProblems } from '../../input/index.ts';

/** Every name with which a task or an execution may end. The state machine retries only `Crossfade.Transient`. */
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
    next: 'If nobody edited the state by hand, report this as a bug, with the execution history.',
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
    next: 'Keep the ingress id, or delete the stack when no cutover runs, and deploy it again.',
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
    next: 'Give the rule another priority in the stack and `cdk deploy`, which recreates it; then roll back.',
  },
  'Crossfade.LedgerUnavailable': {
    meaning: 'The ledger cannot be reached, cannot take the entry, or has a lease that cannot be read.',
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
type ErrorName = keyof typeof ERRORS;

export interface ErrorContext {
  /** The state of traffic when this error is thrown, in one sentence. */
  readonly traffic: string;
  /** What to do next, in one sentence. */
  readonly nextStep: string;
  readonly cause?: unknown;
}

/** `name` is matched by ASL's Retry and Catch, so it is part of the contract with the state machine. */
export class CrossfadeError extends Error implements ErrorContext {
  /** What happened, in one sentence, without the state of traffic and the next step, which the message adds. */
  readonly what: string;
  readonly traffic: string;
  readonly nextStep: string;

  constructor(name: ErrorName, what: string, context: ErrorContext) {
    super(`${what} Traffic: ${context.traffic} Next: ${context.nextStep}`, { cause: context.cause });
    this.name = name;
    this.what = what;
    this.traffic = context.traffic;
    this.nextStep = context.nextStep;
  }
}

/** Invalid input. Names the field; nothing has been changed when it is thrown. */
export class InvalidPlanError extends CrossfadeError {
  /** Path of each problem, similar to JSONPath, with a description. */
  readonly problems: readonly PlanProblem[];

  /** @param subject the name of the input, since not every input that names a plan's field is a plan */
  constructor(
    problems: readonly PlanProblem[],
    cause?: unknown,
    subject: 'plan' | 'campaign' | 'attach file' | 'execution input' = 'plan',
  ) {
    super(
      'Crossfade.InvalidPlan',
      `The ${subject} is not valid: ${problems.map((p) => `${p.path}: ${p.message}`).join('; ')}.`,
      {
        traffic: 'unchanged.',
        nextStep:
          subject === 'plan'
            ? 'correct the plan and start again; `crossfade plan FILE` checks a plan without AWS.'
            : `correct the ${subject} and start again.`,
        cause,
      },
    );
    this.problems = problems;
  }
}

export interface PlanProblem {
  readonly path: string;
  readonly message: string;
}

/** A precondition is not met; nothing has been changed. */
export class RefusedError extends CrossfadeError {
  constructor(reasons: readonly string[]) {
    super('Crossfade.Refused', `The cutover is refused: ${reasons.join('; ')}.`, {
      traffic: 'unchanged.',
      nextStep: 'fix the causes named above, then start a new execution.',
    });
  }
}

/** The stack requested a change that would take the rule away from the run; the rule was left unchanged. */
export class RuleKeptError extends CrossfadeError {
  /** @param nextStep if waiting for the end of the cutover does not help */
  constructor(reasons: readonly string[], nextStep: string | null = null) {
    super('Crossfade.RuleKept', `The listener rule was not changed: ${reasons.join('; ')}.`, {
      traffic: 'unchanged; the live weights stay as they are.',
      nextStep: nextStep ?? 'wait for the cutover to end, or run `crossfade rollback`, then deploy again.',
    });
  }
}

/** The stack was to be deleted, together with the machine, the alarms and the watchdog of a run in progress. */
export class DeploymentKeptError extends CrossfadeError {
  constructor(reason: string) {
    super('Crossfade.DeploymentKept', `The deployment was not deleted: ${reason}.`, {
      traffic: 'unchanged; the run, its alarms and its watchdog go on.',
      nextStep: 'wait for the cutover to end, or run `crossfade rollback`, then delete the stack again.',
    });
  }
}

/**
 * The machine, the functions and the alarms of a deployment contain the ingress in their names, and would be replaced.
 */
export class IngressRenamedError extends CrossfadeError {
  constructor(from: string, to: string) {
    super(
      'Crossfade.IngressRenamed',
      `The ingress ${from} was not renamed to ${to}: its deployment would be replaced.`,
      {
        traffic: 'unchanged; no rule was changed, and nothing was deleted.',
        nextStep: `keep the ingress id ${from}, or destroy the stack when no cutover runs and deploy it as ${to}.`,
      },
    );
  }
}

/** A new rule would match more than requests to stable, or could not carry weights; nothing was created. */
export class RuleRefusedError extends CrossfadeError {
  constructor(reasons: readonly string[]) {
    super('Crossfade.RuleRefused', `The listener rule is refused: ${reasons.join('; ')}.`, {
      traffic: 'unchanged; no rule was made or changed.',
      nextStep:
        'narrow the rule (hosts, paths, headers, queries, sources) to what the stable side serves today, or copy a rule that demands a login (`like`), then deploy again.',
    });
  }
}

/** The alarm was triggered, and nothing rolled the drill back: the path from alarm to rollback is broken. */
export class DrillFailedError extends CrossfadeError {
  constructor(alarm: string, seconds: number) {
    super('Crossfade.DrillFailed', `Alarm ${alarm} did not trigger a rollback within ${seconds} s.`, {
      traffic: 'the candidate gets at most 1 %; the rollback that follows returns it to stable.',
      nextStep: "check the alarm's actions, the rollback function's permission for alarms, and its dead-letter queue.",
    });
  }
}

/**
 * The generation in the ledger has increased: a rollback (or a newer run) owns the listener, and this writer must stop.
 */
export class FencedError extends CrossfadeError {
  constructor(detail: string, cause?: unknown) {
    super('Crossfade.Fenced', `This run no longer owns the ingress: ${detail}.`, {
      traffic: 'all traffic is on stable, or is being returned to it.',
      nextStep: 'nothing; `crossfade status` shows who requested the rollback and why.',
      cause,
    });
  }
}

/** The run still owns the ingress, but another writer of the same run has recorded a newer intent. */
export class SupersededError extends CrossfadeError {
  constructor(detail: string, cause?: unknown) {
    super('Crossfade.Superseded', `The lease holds a newer intent of the same run: ${detail}.`, {
      traffic: 'as the newer intent says, once its writer has finished.',
      nextStep: 'nothing; the writer that lost brings the listener in line with the newer intent.',
      cause,
    });
  }
}

/** A hook of the plan objected to the next step. */
export class HookRefusedError extends CrossfadeError {
  /** @param vote the state machine retries `hold` for about eight minutes */
  constructor(vote: 'hold' | 'rollback', reason: string) {
    super(vote === 'hold' ? 'Crossfade.Transient' : 'Crossfade.HookRefused', `The next step was not taken. ${reason}`, {
      traffic: 'unchanged by this step; the rollback that follows returns it to stable.',
      nextStep: 'ask whoever owns the hook.',
    });
  }
}

/** A side without a healthy target must not receive customers. */
export class NoHealthyTargetError extends CrossfadeError {
  constructor(role: string) {
    super('Crossfade.NoHealthyTarget', `Target group ${role} has no healthy target, so it gets no customers.`, {
      traffic: 'unchanged by this step; the rollback that follows returns it to stable.',
      nextStep: `check the tasks and health checks of ${role}, then start a new execution.`,
    });
  }
}

/** Somebody deleted a rule of the cutover. */
export class RuleGoneError extends CrossfadeError {
  constructor(ruleArn: string, cause?: unknown) {
    super('Crossfade.IngressUnavailable', `Rule ${ruleArn} no longer exists.`, {
      traffic: "its requests go where the listener's other rules send them.",
      nextStep:
        'give the rule another priority in the stack and `cdk deploy`, which recreates it (a deploy that changes nothing does not).',
      cause,
    });
  }
}

/** The weights that were read back differ from those that were written, or could not be read. */
export class WeightsNotAppliedError extends CrossfadeError {
  /** @param cause why the listener could not be read; null if it was read */
  constructor(detail: string, cause: unknown) {
    const has = cause === null ? 'does not have' : 'may not have';
    super('Crossfade.WeightsNotApplied', `The listener ${has} the weights that were written: ${detail}.`, {
      traffic: 'between the old and the new weights; the rollback that follows returns all of it to stable.',
      nextStep:
        'wait for the rollback; if the error repeats, look in CloudTrail for another writer of the listener rule.',
      cause,
    });
  }
}

/** The messages of `error` and its causes without stack traces, suitable for a log line or a status message. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof z.ZodError) return describeProblems(error, 'answer');
  return `${error.name}: ${error.message}${causeOf(error)}`;
}

/**
 * The same for the middle of a sentence, without what an error of ours says of traffic and the next step at its time.
 */
export function describeTrouble(error: unknown): string {
  if (!(error instanceof CrossfadeError)) return describeError(error);
  return `${error.what.replace(/\.$/, '')}${causeOf(error)}`;
}

function causeOf(error: Error): string {
  const cause = unnamedCause(error);
  return cause === undefined ? '' : ` (cause: ${describeError(cause)})`;
}

/** The cause of `error`; undefined if there is none, or the message names it already. */
export function unnamedCause({ cause, message }: Error): unknown {
  return cause === undefined || message.includes(describeTrouble(cause)) ? undefined : cause;
}

/** The JSON of a failed function: https://docs.aws.amazon.com/lambda/latest/dg/nodejs-exceptions.html */
const functionFailure = z.looseObject({ errorMessage: z.string().min(1) });

/** Whether the service did not answer, or is not ready yet. */
export function isTransient(error: unknown): boolean {
  return error instanceof CrossfadeError && error.name === 'Crossfade.Transient';
}

/** What happened, without the parts of the message about traffic at that moment and about the next step. */
export function withoutAdvice(message: string): string {
  return message.split(' Traffic: ', 1)[0] ?? message;
}

/** The cause of an execution's end, for people; for a failed function its message, without type and stack trace. */
export function causeText(cause: string): string {
  try {
    return functionFailure.safeParse(JSON.parse(cause)).data?.errorMessage ?? cause;
  } catch {
    return cause;
  }
}
