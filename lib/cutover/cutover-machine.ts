import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  type IChainable,
  type INextable,
  IntegrationPattern,
  JsonPath,
  QueryLanguage,
  type State,
  type StateMachine,
  Succeed,
  TaskInput,
  Timeout,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { LAMBDA_TRANSIENT, observedMachine } from '../functions/index.ts';
import { aMachineName, checkProps } from '../props/index.ts';
import { type CutoverFunctionName, type CutoverFunctions, theFunctions } from './cutover-functions.ts';

/** Transient failures of Lambda, and Crossfade's own. */
const TRANSIENT = [...LAMBDA_TRANSIENT, 'Crossfade.Transient'];

/**
 * The function's process ended at work, whatever it had done by then, such as for want of memory. One that ran out of
 * time is not among them: nobody knows that it is no longer at work. Everything else goes to rollback at once.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html
 */
const DIED = ['Runtime.ExitError'];

/** The run no longer owns the ingress, or is not in the phase that it believes to be in. */
const LOST = ['Crossfade.Fenced', 'Crossfade.InvalidState'];

export interface CutoverMachineProps {
  /** The functions that its tasks invoke. */
  readonly functions: CutoverFunctions;
  /** Explicit, so that the handlers' permissions can name its executions. */
  readonly stateMachineName: string;
}

/**
 * The cutover as a state machine: one named state for each phase, with the state as input and output, and Choice states
 * that read `$.next`. Tasks reference published versions, and the machine itself is published with the alias `live`.
 */
export class CutoverMachine extends Construct {
  /** An execution of it is one run. Start executions at {@link alias}, so that a deployment does not change a run. */
  readonly machine: StateMachine;
  /** Where executions are started: the alias `live`. */
  readonly alias: CfnStateMachineAlias;
  readonly #functions: CutoverFunctions;
  readonly #rollback: State;

  constructor(scope: Construct, id: string, props: CutoverMachineProps) {
    super(scope, id);
    checkProps(`CutoverMachine ${id}`, { functions: theFunctions, stateMachineName: aMachineName }, props, this);
    this.#functions = props.functions;
    this.#rollback = this.#rollbackChain();
    this.machine = observedMachine(this, {
      stateMachineName: props.stateMachineName,
      invokes: props.functions.all(),
      queryLanguage: QueryLanguage.JSON_PATH,
      definitionBody: DefinitionBody.fromChainable(this.#forward()),
      comment: 'Crossfade: one execution moves the traffic of one ingress from its stable side to its candidate',
      retention: RetentionDays.ONE_YEAR,
    });
    const version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: this.machine.stateMachineArn,
      stateMachineRevisionId: this.machine.stateMachineRevisionId,
    });
    version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    this.alias = new CfnStateMachineAlias(this, 'Live', {
      name: 'live',
      routingConfiguration: [{ stateMachineVersionArn: version.attrArn, weight: 100 }],
    });
  }

  #forward(): IChainable {
    const closed = this.#then(this.#task('Close shadow', 'shift'), this.#completion());
    const retain = this.#then(this.#wait('Retain'), closed);
    const decommission = this.#loop('Decommission', 'decommission', { proceed: retain });
    const finalSignoff = this.#signoff('Await final sign-off', 'Final signed off', decommission);
    const closeMirror = this.#task('Close mirror', 'shift');
    const soaking = this.#loop('Soak', 'watch', { proceed: finalSignoff, closeMirror }, 'Watch soak');
    closeMirror.next(soaking);
    const soak = this.#then(this.#task('Begin soak', 'shift'), soaking);
    const shift = this.#task('Shift', 'shift');
    this.#then(shift, this.#loop('Stage', 'watch', { proceed: soak, nextStage: shift }, 'Watch stage'));
    const shadowSignoff = this.#signoff('Await shadow sign-off', 'Shadow signed off', shift);
    const exercise = this.#then(
      this.#task('Start exercise', 'exercise'),
      this.#loop('Exercise', 'watch', { proceed: shadowSignoff }, 'Watch exercise'),
    );
    const shadow = this.#then(
      this.#task('Open shadow', 'shift'),
      this.#loop('Shadow', 'watch', { proceed: exercise }, 'Watch shadow'),
    );
    const pin = this.#then(this.#task('Pin capacity', 'capacity'), shadow);
    const baseline = this.#then(this.#task('Baseline', 'baseline'), pin);
    const drill = this.#then(this.#task('Open drill', 'shift'), this.#loop('Drill', 'drill', {}, 'Trip alarm'));
    const kind = new Choice(this, 'Kind of run', { stateName: 'Kind of run' })
      .when(Condition.stringEquals('$.next', 'proceed'), baseline)
      .when(Condition.stringEquals('$.next', 'drill'), drill)
      .otherwise(this.#rollback);
    return this.#preflight().next(kind);
  }

  /**
   * At this point there is nothing to roll back. A function that dies may already have recorded the end, and otherwise
   * the watchdog records it. Only a rollback that came in between ends the run differently.
   */
  #completion(): LambdaInvoke {
    const complete = new Succeed(this, 'Complete');
    const record = this.#invoke('Record completion', 'complete');
    record.addRetry({ errors: LOST, maxAttempts: 0 });
    this.#retryWhatever(record);
    record.addCatch(this.#rollback, { errors: LOST, resultPath: '$.error' });
    record.addCatch(complete, { errors: ['States.ALL'], resultPath: '$.error' });
    return this.#then(record, complete);
  }

  /** Nothing has been changed before preflight ends, so its failure is a refusal, not a rollback. */
  #preflight(): LambdaInvoke {
    const task = new LambdaInvoke(this, 'Preflight', {
      stateName: 'Preflight',
      lambdaFunction: this.#functions.get('preflight').version,
      payload: TaskInput.fromObject({
        'input.$': '$',
        'executionArn.$': '$$.Execution.Id',
        'executionName.$': '$$.Execution.Name',
        'startedAt.$': '$$.Execution.StartTime',
      }),
      outputPath: '$.Payload',
      retryOnServiceExceptions: false,
    });
    this.#retry(task, 6);
    const refused = new Fail(this, 'Refused', {
      stateName: 'Refused',
      errorPath: '$.error.Error',
      causePath: '$.error.Cause',
    });
    task.addCatch(refused, { errors: ['States.ALL'], resultPath: '$.error' });
    return task;
  }

  #signoff(name: string, after: string, next: State): State {
    const ask = new LambdaInvoke(this, name, {
      stateName: name,
      lambdaFunction: this.#functions.get('signoff').version,
      integrationPattern: IntegrationPattern.WAIT_FOR_TASK_TOKEN,
      payload: TaskInput.fromObject({ 'state.$': '$', token: JsonPath.taskToken }),
      resultPath: '$.approval',
      taskTimeout: Timeout.at('$.waitSeconds'),
      retryOnServiceExceptions: false,
    });
    this.#retry(ask);
    ask.addCatch(this.#rollback, { errors: ['States.ALL'], resultPath: '$.error' });
    this.#then(ask, this.#then(this.#task(after, 'approved'), next));
    return ask;
  }

  /** Waits, evaluates, and goes where `$.next` says; an unknown value means rollback. Returns the wait. */
  #loop(phase: string, handler: CutoverFunctionName, to: Readonly<Record<string, State>>, taskName = phase): State {
    const wait = this.#wait(`${phase} interval`);
    const verdict = new Choice(this, `${phase} verdict`, { stateName: `${phase} verdict` });
    verdict.when(Condition.stringEquals('$.next', 'hold'), wait);
    for (const [next, state] of Object.entries(to)) verdict.when(Condition.stringEquals('$.next', next), state);
    verdict.otherwise(this.#rollback);
    const task = this.#task(taskName, handler);
    task.next(verdict);
    wait.next(task);
    return wait;
  }

  #rollbackChain(): State {
    const failed = new Fail(this, 'Rollback failed', {
      stateName: 'Rollback failed',
      error: 'Crossfade.RollbackFailed',
      cause: 'The rollback did not succeed in this execution; the watchdog repeats it every minute.',
    });
    const rolledBack = new Fail(this, 'Rolled back', {
      stateName: 'Rolled back',
      error: 'Crossfade.RolledBack',
      causePath: '$.reason',
    });
    const rollback = this.#stubborn('Rollback', 'rollback', failed);
    const verify = this.#stubborn('Verify rollback', 'verify-rollback', failed);
    const wait = new Wait(this, 'Rollback interval', {
      stateName: 'Rollback interval',
      time: WaitTime.duration(Duration.seconds(60)),
    });
    const verdict = new Choice(this, 'Rollback verdict', { stateName: 'Rollback verdict' });
    rollback.next(wait);
    wait.next(verify);
    verify.next(verdict);
    verdict.when(Condition.stringEquals('$.next', 'proceed'), rolledBack).otherwise(wait);
    return rollback;
  }

  /** The tasks of a rollback are retried after any error, because there is no better alternative. */
  #stubborn(name: string, handler: CutoverFunctionName, failed: Fail): LambdaInvoke {
    const task = this.#invoke(name, handler);
    this.#retryWhatever(task);
    task.addCatch(failed, { errors: ['States.ALL'], resultPath: '$.error' });
    return task;
  }

  #retryWhatever(task: LambdaInvoke): void {
    task.addRetry({
      errors: ['States.ALL'],
      interval: Duration.seconds(1),
      backoffRate: 2,
      maxAttempts: 10,
      maxDelay: Duration.seconds(30),
    });
  }

  #task(name: string, handler: CutoverFunctionName): LambdaInvoke {
    const task = this.#invoke(name, handler);
    this.#retry(task);
    task.addCatch(this.#rollback, { errors: ['States.ALL'], resultPath: '$.error' });
    return task;
  }

  #invoke(name: string, handler: CutoverFunctionName): LambdaInvoke {
    return new LambdaInvoke(this, name, {
      stateName: name,
      lambdaFunction: this.#functions.get(handler).version,
      payloadResponseOnly: true,
      retryOnServiceExceptions: false,
    });
  }

  /**
   * A failing API does not roll back a run before it counts as silent (TASK_ALLOWANCE_SECONDS): 1 + 2 + 4 + 8 + 16 + 15
   * × 30 s (docs/adr/0082).
   */
  #retry(task: LambdaInvoke, maxAttempts = 20): void {
    task.addRetry({
      errors: TRANSIENT,
      interval: Duration.seconds(1),
      backoffRate: 2,
      maxAttempts,
      maxDelay: Duration.seconds(30),
    });
    task.addRetry({ errors: DIED, interval: Duration.seconds(5), backoffRate: 2, maxAttempts: 2 });
  }

  #wait(name: string): Wait {
    return new Wait(this, name, { stateName: name, time: WaitTime.secondsPath('$.waitSeconds') });
  }

  #then<S extends State & INextable>(state: S, next: State): S {
    state.next(next);
    return state;
  }
}
