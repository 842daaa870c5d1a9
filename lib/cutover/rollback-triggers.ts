import { Duration, Stack, Validations } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, MathExpression, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaAction, SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import * as z from 'zod';
import { SYMPTOMS } from '../../core/runbook/index.ts';
import { type CutoverAlarms, runbookPlace, theAlarms } from '../alarms/index.ts';
import { acknowledge } from '../functions/index.ts';
import {
  anAlarmName,
  anIngressId,
  aStateMachine,
  aTopic,
  aWebAddress,
  checkProps,
  type Shape,
} from '../props/index.ts';
import { executionsArn } from './arns.ts';
import { type CutoverFunctions, theFunctions } from './cutover-functions.ts';

export interface RollbackTriggersProps {
  /** The functions of the cutover, including the rollback. */
  readonly functions: CutoverFunctions;
  /** Alarms that call the rollback. */
  readonly alarms: CutoverAlarms;
  /** Names of your own alarms, which the plan names; they roll back by their events. @default - none */
  readonly ownAlarms?: readonly string[];
  /** The machine whose executions are rolled back when they fail, time out or are stopped. */
  readonly machine: StateMachine;
  /** Notified of alarms and of deliveries that failed. */
  readonly topic: ITopic;
  /** Id of the ingress, as in `DualStackCutover`. */
  readonly ingressId: string;
  /** Base address of your own runbook. @default - the deployed one */
  readonly runbookUrl?: string;
}

const SHAPE: Shape<RollbackTriggersProps> = {
  functions: theFunctions,
  alarms: theAlarms,
  ownAlarms: z.array(anAlarmName).optional(),
  machine: aStateMachine,
  topic: aTopic,
  ingressId: anIngressId,
  runbookUrl: aWebAddress.optional(),
};

/**
 * Everything that pulls the rollback besides the gate: each alarm directly and through EventBridge (either may be lost
 * or come twice), the end of the execution, and the watchdog every minute. The mirror's alarm closes the mirror by the
 * same two ways. What fails for good lands in a queue with an alarm.
 */
export class RollbackTriggers extends Construct {
  /** Events that no function has handled after all retries. */
  readonly deadLetters: Queue;
  /** Notifies the topic while that queue is not empty. */
  readonly deadLetterAlarm: Alarm;
  /** Notifies the topic when the watchdog itself fails. */
  readonly watchdogAlarm: Alarm;

  constructor(scope: Construct, id: string, props: RollbackTriggersProps) {
    super(scope, id);
    checkProps(`RollbackTriggers ${id}`, SHAPE, props, this);
    const { functions, alarms, topic, ingressId, runbookUrl } = props;
    const rollback = functions.get('rollback').fn;
    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });

    const closeMirror = functions.get('close-mirror').fn;
    const watchdog = functions.get('watchdog').fn;
    // Alarms and events deliberately call the newest code, because a rollback must not be bound to that of a finished
    // run.
    for (const fn of [rollback, closeMirror])
      Validations.of(fn).acknowledge({
        id: '@aws-cdk/aws-lambda:addPermissionsToVersionOrAlias',
        reason: 'Alarms and rules call the function unqualified; the machine is granted its versions by itself',
      });
    actOn(alarms, { rollback, closeMirror }, topic);

    acknowledge(this.deadLetters, 'AwsSolutions-SQS3', 'This is the dead-letter queue; an alarm watches it');
    this.#makeRules(props);
    for (const fn of [rollback, closeMirror])
      fn.configureAsyncInvoke({
        retryAttempts: 2,
        maxEventAge: Duration.minutes(30),
        onFailure: new SqsDestination(this.deadLetters),
      });
    // The next minute is its second attempt, and an invocation that has waited in a queue would be superfluous.
    watchdog.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });

    this.deadLetterAlarm = this.deadLetters
      .metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(1) })
      .createAlarm(this, 'DeadLetterAlarm', {
        threshold: 0,
        comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluationPeriods: 1,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: `${SYMPTOMS['dead-letters'].means} ${SYMPTOMS['dead-letters'].done} Runbook: ${runbookPlace(this, ingressId, runbookUrl, 'dead-letters')}`,
      });
    this.deadLetterAlarm.addAlarmAction(new SnsAction(topic));
    const runbook = runbookPlace(this, ingressId, runbookUrl, 'watchdog-failing');
    this.watchdogAlarm = this.#watchdogAlarm(ingressId, watchdog, runbook);
    this.watchdogAlarm.addAlarmAction(new SnsAction(topic));
  }

  /** Calls the functions in addition to the alarms' own actions; each of the two ways suffices. */
  #makeRules({ functions, alarms, ownAlarms = [], machine }: RollbackTriggersProps): void {
    const target = (name: 'rollback' | 'close-mirror' | 'watchdog') =>
      new LambdaTarget(functions.get(name).fn, {
        deadLetterQueue: this.deadLetters,
        retryAttempts: 10,
        maxEventAge: Duration.minutes(30),
      });
    const { account, region } = Stack.of(this);
    const namesOf = (of: readonly Alarm[]) => of.map((alarm) => alarm.alarmName);
    const whenRed = (alarmName: readonly string[]) => ({
      source: ['aws.cloudwatch'],
      detailType: ['CloudWatch Alarm State Change'],
      // A bus may receive events from other accounts and regions, in which an ingress with the same id has alarms with
      // the same names.
      account: [account],
      region: [region],
      detail: { alarmName: [...alarmName], state: { value: ['ALARM'] } },
    });
    new Rule(this, 'OnAlarm', {
      description: 'An alarm of the cutover went red',
      eventPattern: whenRed([...namesOf(alarms.rollback), ...ownAlarms]),
      targets: [target('rollback')],
    });
    if (alarms.mirror.length > 0)
      new Rule(this, 'OnMirrorAlarm', {
        description: 'The mirror is unhealthy',
        eventPattern: whenRed(namesOf(alarms.mirror)),
        targets: [target('close-mirror')],
      });
    new Rule(this, 'OnExecutionEnd', {
      description: 'The execution ended without success',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        // Matches the execution's name, because the event's `stateMachineArn` may be that of the alias or version with
        // which it was started.
        detail: {
          executionArn: [{ prefix: `${executionsArn(machine, machine.stateMachineName)}:` }],
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
        },
      },
      targets: [target('rollback')],
    });
    new Rule(this, 'Watchdog', {
      description: 'Once a minute: compares the live weights with the desired ones',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [target('watchdog')],
    });
  }

  /**
   * Fires if the watchdog failed or was throttled in three of five minutes, because nothing else checks every minute.
   */
  #watchdogAlarm(ingressId: string, watchdog: IFunction, runbook: string): Alarm {
    const period = Duration.minutes(1);
    const failed = new MathExpression({
      expression: 'FILL(e, 0) + FILL(t, 0)',
      usingMetrics: {
        e: watchdog.metricErrors({ period, statistic: Stats.SUM }),
        t: watchdog.metricThrottles({ period, statistic: Stats.SUM }),
      },
      label: 'runs of the watchdog that failed or were throttled',
      period,
    });
    return failed.createAlarm(this, 'WatchdogAlarm', {
      alarmName: `${ingressId}-watchdog-failing`,
      threshold: 0,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      datapointsToAlarm: 3,
      evaluationPeriods: 5,
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${SYMPTOMS['watchdog-failing'].means} ${SYMPTOMS['watchdog-failing'].done} Runbook: ${runbook}`,
    });
  }
}

function actOn(
  alarms: CutoverAlarms,
  { rollback, closeMirror }: { readonly rollback: IFunction; readonly closeMirror: IFunction },
  topic: ITopic,
): void {
  for (const [alarm, fn] of [
    ...alarms.rollback.map((alarm) => [alarm, rollback] as const),
    ...alarms.mirror.map((alarm) => [alarm, closeMirror] as const),
  ]) {
    alarm.addAlarmAction(new LambdaAction(fn, { useUniquePermissionId: true }), new SnsAction(topic));
    alarm.addOkAction(new SnsAction(topic));
  }
  for (const alarm of alarms.notices) alarm.addAlarmAction(new SnsAction(topic));
}
