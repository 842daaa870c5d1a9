import { Duration, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { CfnRole, Role } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import {
  Choice,
  Condition,
  DefinitionBody,
  Fail,
  JsonPath,
  QueryLanguage,
  type StateMachine,
  Succeed,
  TaskInput,
  Wait,
  WaitTime,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import * as z from 'zod';
import { acknowledge, forOwnAccount, HandlerFunction, observedMachine } from '../functions/index.ts';
import { statusTopic } from '../notices/index.ts';
import { anAccount, checkProps } from '../props/index.ts';
import { CAMPAIGN_ROLE } from './campaign-access.ts';

export interface CampaignMachineProps {
  /** Accounts of the services: twelve digits each. */
  readonly accounts: readonly string[];
}

/**
 * Everything is retried, for three hours: the next evaluation makes up for one that was lost, and nothing starts twice.
 */
const PATIENCE = {
  errors: ['States.ALL'],
  interval: Duration.seconds(5),
  maxAttempts: 40,
  maxDelay: Duration.minutes(5),
};
/** Errors that no retry can fix. */
const FINAL = ['Crossfade.InvalidPlan', 'ZodError'];

/**
 * The campaign as a state machine: an evaluation of all its services, a wait, and the next evaluation. It starts each
 * service's own machine, and has no permissions on listeners (docs/adr/0047).
 */
export class CampaignMachine extends Construct {
  /** An execution of it is one campaign; `crossfade campaign start` starts it. */
  readonly machine: StateMachine;
  /** Notified when a campaign fails, dies or is stopped. */
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: CampaignMachineProps) {
    super(scope, id);
    checkProps(`CampaignMachine ${id}`, { accounts: z.array(anAccount).min(1) }, props, this);
    const { accounts } = props;
    const { partition, region, account } = Stack.of(this);
    const own = `arn:${partition}:states:${region}:${account}:stateMachine:${CAMPAIGN_ROLE}`;
    const look = new HandlerFunction(this, 'Look', {
      handler: 'campaign',
      description: 'One evaluation of a campaign: starts, stops and rolls back cutovers',
      environment: { CROSSFADE_CAMPAIGN_MACHINE: own },
      // The first evaluation may read a thousand deployments.
      timeout: Duration.minutes(5),
      memorySize: 1024,
    });
    named(look);
    look.allow(['states:StartExecution'], [own]);
    look.allow(
      ['sts:AssumeRole'],
      accounts.map((target) => `arn:${partition}:iam::${target}:role/*-campaign`),
      'Roles that deployments have for campaigns; each of them trusts this function alone',
    );
    this.machine = observedMachine(this, {
      stateMachineName: CAMPAIGN_ROLE,
      invokes: [look],
      queryLanguage: QueryLanguage.JSON_PATH,
      definitionBody: DefinitionBody.fromChainable(this.#loop(look)),
      comment: 'Crossfade: one execution moves the services of one campaign, wave by wave',
      retention: RetentionDays.ONE_YEAR,
    });
    this.topic = statusTopic(this, 'Topic');
    this.#tellOfEnds(this.topic, own);
  }

  /** People hear of every campaign that did not complete. @param machine its ARN */
  #tellOfEnds(topic: ITopic, machine: string): void {
    const ended = new Rule(this, 'Ended', {
      description: 'A campaign that did not complete',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [machine], status: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
      },
      targets: [
        new SnsTopic(topic, {
          // With the service's own name, EventBridge would publish for rules of any account.
          authorizeUsingRole: true,
          message: RuleTargetInput.fromText(
            'A campaign did not complete. Next: crossfade campaign status NAME says which service failed; a campaign that died goes on with crossfade campaign resume NAME.',
          ),
        }),
      ],
    });
    forOwnAccount(ended);
    acknowledge(
      ended,
      'AwsSolutions-IAM5[Action::kms:GenerateDataKey*]',
      'Written by the CDK for publishing to an encrypted topic, on that one key',
    );
  }

  #loop(look: HandlerFunction) {
    const task = new LambdaInvoke(this, 'Look at all', {
      stateName: 'Look',
      lambdaFunction: look.version,
      payload: TaskInput.fromObject({ 'state.$': '$', 'execution.$': '$$.Execution.Name' }),
      outputPath: '$.Payload',
      retryOnServiceExceptions: false,
    });
    task.addRetry({ errors: FINAL, maxAttempts: 0 });
    task.addRetry(PATIENCE);
    const wait = new Wait(this, 'Wait', { stateName: 'Wait', time: WaitTime.secondsPath('$.waitSeconds') });
    const stopped = new Fail(this, 'Stopped', {
      stateName: 'Stopped',
      error: 'Crossfade.CampaignStopped',
      causePath: JsonPath.stringAt('$.message'),
    });
    const next = new Choice(this, 'Next', { stateName: 'Next' })
      .when(Condition.stringEquals('$.next', 'look'), wait.next(task))
      .when(Condition.stringEquals('$.next', 'completed'), new Succeed(this, 'Complete', { stateName: 'Complete' }))
      .when(
        Condition.stringEquals('$.next', 'continued'),
        new Succeed(this, 'Goes on', { stateName: 'Goes on in another execution' }),
      )
      .otherwise(stopped);
    return task.next(next);
  }
}

/** Deployments trust the role by its name. */
function named({ fn }: HandlerFunction): void {
  const role = fn.role;
  if (!(role instanceof Role)) throw new TypeError('the function has no role of its own');
  const resource = role.node.defaultChild;
  if (!(resource instanceof CfnRole)) throw new TypeError('the role of the function is imported');
  resource.roleName = CAMPAIGN_ROLE;
}
