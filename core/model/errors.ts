/**
 * One family of errors. `name` is the name that ASL's Retry and Catch match, so it is part of the contract with the
 * state machine; `traffic` says what state the customers' traffic is in, `nextStep` what the operator can do.
 */
export interface ErrorContext {
  /** What state traffic is in as this error leaves, in a sentence. */
  readonly traffic: string;
  /** What to do next, in a sentence. */
  readonly nextStep: string;
  readonly cause?: unknown;
}

export class CrossfadeError extends Error {
  readonly traffic: string;
  readonly nextStep: string;

  constructor(name: ErrorName, what: string, context: ErrorContext) {
    super(`${what} Traffic: ${context.traffic} Next: ${context.nextStep}`, { cause: context.cause });
    this.name = name;
    this.traffic = context.traffic;
    this.nextStep = context.nextStep;
  }
}

/** Every name that a task may end with. `Crossfade.Transient` is the only one that the state machine retries. */
export type ErrorName =
  | 'Crossfade.InvalidPlan'
  | 'Crossfade.InvalidState'
  | 'Crossfade.Refused'
  | 'Crossfade.RuleKept'
  | 'Crossfade.DrillFailed'
  | 'Crossfade.Fenced'
  | 'Crossfade.WeightsNotApplied'
  | 'Crossfade.IngressUnavailable'
  | 'Crossfade.LedgerUnavailable'
  | 'Crossfade.Transient';

/** Bad input. Names the field; nothing has been touched when it is thrown. */
export class InvalidPlanError extends CrossfadeError {
  /** JSON-path-like place of each problem, with what is wrong there. */
  readonly problems: readonly PlanProblem[];

  constructor(problems: readonly PlanProblem[], cause?: unknown) {
    super(
      'Crossfade.InvalidPlan',
      `The plan is not valid. ${problems.map((p) => `${p.path}: ${p.message}`).join('; ')}.`,
      {
        traffic: 'unchanged, nothing was touched.',
        nextStep: 'correct the named field and start again; `crossfade plan FILE` checks a plan without AWS.',
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

/** A precondition does not hold; nothing has been touched. */
export class RefusedError extends CrossfadeError {
  constructor(reasons: readonly string[]) {
    super('Crossfade.Refused', `The cutover is refused: ${reasons.join('; ')}.`, {
      traffic: 'unchanged.',
      nextStep: 'remove the cause named above, then start a new execution.',
    });
  }
}

/** The stack asked for a change that would take the rule out of the run's hands; the rule was left as it is. */
export class RuleKeptError extends CrossfadeError {
  constructor(reasons: readonly string[]) {
    super('Crossfade.RuleKept', `The listener rule is left as it is: ${reasons.join('; ')}.`, {
      traffic: 'unchanged, the live weights stand.',
      nextStep: 'let the cutover end or run `crossfade rollback`, then deploy again.',
    });
  }
}

/** The alarm was tripped, and nobody brought the drill back: the path from alarm to rollback is broken. */
export class DrillFailedError extends CrossfadeError {
  constructor(alarm: string, seconds: number) {
    super('Crossfade.DrillFailed', `No rollback came of alarm ${alarm} within ${seconds} s.`, {
      traffic: 'the candidate answers at most 1 %; the rollback that follows writes the safe weights.',
      nextStep: "check the alarm's actions, the rollback function's permission for alarms, and its dead-letter queue.",
    });
  }
}

/** The ledger's generation moved on: a rollback (or a newer run) owns the listener, and this writer must stop. */
export class FencedError extends CrossfadeError {
  constructor(detail: string, cause?: unknown) {
    super('Crossfade.Fenced', `This run no longer owns the ingress: ${detail}.`, {
      traffic: 'the stable side serves, or is being given, all requests.',
      nextStep: 'nothing; read `crossfade status` for who requested the rollback and why.',
      cause,
    });
  }
}

/** What was read back from the listener differs from what was written. */
export class WeightsNotAppliedError extends CrossfadeError {
  constructor(detail: string, cause?: unknown) {
    super('Crossfade.WeightsNotApplied', `The listener does not carry the weights that were written: ${detail}.`, {
      traffic: 'between the old and the new weights; the rollback that follows writes the safe ones.',
      nextStep: 'wait for the rollback; if it repeats, look for another writer of the listener rule in CloudTrail.',
      cause,
    });
  }
}

/** The last line of `error` and its causes, without stacks: fit for a log line or a status message. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : ` (cause: ${describeError(error.cause)})`;
  return `${error.name}: ${error.message}${cause}`;
}
