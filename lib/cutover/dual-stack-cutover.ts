import { Duration, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { GROUP_ROLES, machineName, type Plan, rollbackAlarmsOf } from '../../core/model/index.ts';
import { ANY_TRAFFIC, project } from '../../core/phases/index.ts';
import { CutoverAlarms, CutoverDashboard, RunbookDashboard, runbookAddress } from '../alarms/index.ts';
import { meetDemands } from '../functions/index.ts';
import {
  type CutoverGroups,
  type RuleProps,
  SAFE_METHODS,
  WeightedRule,
  WeightedRuleProvider,
} from '../listener/index.ts';
import { ChatNotifier, letAlarmsPublish, statusTopic } from '../notices/index.ts';
import { ParityBackfill, ParityPipeline } from '../parity/index.ts';
import { placeOfStack, thatHas } from '../props/index.ts';
import { loadBalancerFullName, targetGroupFullName } from './arns.ts';
import { checkCutover } from './check-cutover.ts';
import { CutoverFunctions } from './cutover-functions.ts';
import { CutoverMachine } from './cutover-machine.ts';
import type { CutoverListener, DualStackCutoverProps } from './cutover-props.ts';
import { guardDeployment } from './deployment-guard.ts';
import { ledgerTable } from './ledger-table.ts';
import { RollbackTriggers } from './rollback-triggers.ts';

/**
 * Everything that a cutover needs for an existing listener, target groups and services. Until an execution is started,
 * stable answers everything. docs/how-to/deploy.md says what each resource changes and how to undo it.
 */
export class DualStackCutover extends Construct {
  /** The prop: commands, alarms and functions name the deployment by it. */
  readonly ingressId: string;
  /** Address of its runbook: your own, or a dashboard. */
  readonly runbook: string;
  /** Its executions are the runs. */
  readonly machine: CutoverMachine;
  /** What rolls back, or closes the mirror, while a run is in progress. */
  readonly alarms: CutoverAlarms;
  /** The functions behind the machine and the triggers, for grants or alarms of your own. */
  readonly functions: CutoverFunctions;
  /** Whatever invokes the rollback besides the gate: alarms, the end of an execution, the watchdog. */
  readonly triggers: RollbackTriggers;
  /** Receives and compares the captures of a mirror; its stream is what a `ShadowMirror` writes to. */
  readonly parity: ParityPipeline;
  /** Compares stored captures again, after the rules about differences have changed. */
  readonly backfill: ParityBackfill;
  /** The prop, or the new topic; subscribe the people on call to it. */
  readonly topic: ITopic;
  /** The prop, or the new table, which is retained when the stack is deleted. */
  readonly ledger: ITableV2;
  /** Every listener rule whose weights a run writes; a cohort's rule is among them. */
  readonly rules: readonly WeightedRule[];

  /** @throws RangeError that names the prop; InvalidPlanError that names the plan's field */
  constructor(scope: Construct, id: string, props: DualStackCutoverProps) {
    super(scope, id);
    const { plan, listenerArns } = checkCutover(`DualStackCutover ${id}`, props, placeOfStack(Stack.of(this)));
    const { ingressId } = props;
    this.ingressId = ingressId;
    this.runbook = props.runbookUrl ?? runbookAddress(this, ingressId);
    this.#refuseTwin(id);
    this.#refuseTaken(id, props);
    const names = namesOf(props, loadBalancerFullName(listenerArns[0]));
    const own = props.runbookUrl === undefined ? {} : { runbookUrl: props.runbookUrl };
    this.ledger = props.ledger ?? ledgerTable(this, 'Ledger');
    this.rules = props.rules ?? this.#makeRules(props);
    this.topic = props.topic ?? statusTopic(this, 'Topic');
    if (props.topic !== undefined) letAlarmsPublish(props.topic);
    this.alarms = new CutoverAlarms(this, 'Alarms', {
      ...names,
      thresholds: {
        ...props.thresholds,
        errorPercent: props.thresholds?.errorPercent ?? plan.gate.maxErrorRate * 100,
      },
      warmUpMinutes: Math.ceil(plan.gate.warmUp / 60),
      failuresAtATime: plan.gate.errorBurst,
      ...own,
    });
    const retention = shadowLogRetention(`DualStackCutover ${id}`, plan, props.shadowLogRetention);
    const deployment = Stack.of(this).toJsonString(this.#deployment(props, names.loadBalancerFullName, retention));
    const counting = { ingressId, deployment, ledger: this.ledger };
    this.parity = new ParityPipeline(this, 'Parity', { ...counting, retention });
    this.backfill = new ParityBackfill(this, 'Backfill', { ...counting, bucket: this.parity.bucket as IBucket });
    this.functions = this.#makeFunctions(props, deployment);
    this.machine = new CutoverMachine(this, 'Cutover', {
      functions: this.functions,
      stateMachineName: machineName(ingressId),
    });
    this.triggers = new RollbackTriggers(this, 'Triggers', {
      functions: this.functions,
      alarms: this.alarms,
      ownAlarms: rollbackAlarmsOf({ rollbackAlarms: [] }, plan),
      machine: this.machine.machine,
      topic: this.topic,
      ingressId,
      ...own,
    });
    this.#showPeople(props, plan, names);
    const [rule] = this.rules;
    if (rule !== undefined) guardDeployment(this, rule.provider, ingressId, this.node.children);
    meetDemands(this, props);
  }

  /** Refuses a rule of another ingress on the same listener that would take this one's priority or requests. */
  #refuseTaken(id: string, { listeners = [], groups }: DualStackCutoverProps): void {
    const others = this.node.root.node
      .findAll()
      .flatMap((other) => (other instanceof DualStackCutover && other !== this ? (other.rules ?? []) : []));
    for (const [rule, { listener, priority }] of rulesOn(listeners, groups)) {
      const taken = others.find((other) => other.listenerArn === listener.listenerArn && other.priority === priority);
      if (taken !== undefined)
        throw new RangeError(
          `DualStackCutover ${id}: listeners: priority ${priority} (${rule}) is taken on this listener by ${taken.node.path}`,
        );
    }
  }

  #makeFunctions(props: DualStackCutoverProps, deployment: string): CutoverFunctions {
    const { ingressId, metricProviders, rollbackConcurrency, services, exerciseFunctionArn } = props;
    return new CutoverFunctions(this, 'Functions', {
      ingressId,
      deployment,
      ledger: this.ledger,
      topic: this.topic,
      ruleArns: this.rules.map((rule) => rule.ruleArn),
      machineName: machineName(ingressId),
      rollbackAlarms: this.#names(ingressId, this.alarms.rollback),
      ...(metricProviders === undefined ? {} : { metricProviders }),
      ...(rollbackConcurrency === undefined ? {} : { rollbackConcurrency }),
      ...(services === undefined ? {} : { services }),
      ...(exerciseFunctionArn === undefined ? {} : { exerciseFunctionArn }),
    });
  }

  /** For people: the dashboard, the runbook, and chats. */
  #showPeople({ ingressId, groups, services, chat }: DualStackCutoverProps, plan: Plan, names: CutoverNames): void {
    const { mirror: _notShown, ...shown } = names;
    new CutoverDashboard(this, 'Dashboard', {
      ...shown,
      ...(services === undefined ? {} : { services }),
      alarms: this.alarms,
      metrics: plan.metrics,
      ownAlarms: plan.alarms,
      machine: this.machine.machine,
      verdictLogGroup: this.functions.get('watch').logGroupName,
      runbookUrl: this.runbook,
    });
    if (chat !== undefined) new ChatNotifier(this, 'Chat', { topic: this.topic, ledger: this.ledger, channels: chat });
    new RunbookDashboard(this, 'Runbook', {
      ingress: ingressId,
      region: Stack.of(this).region,
      ledger: this.ledger.tableName,
      rules: this.rules.map(({ ruleArn }) => ruleArn),
      stableGroup: groups.stable.targetGroupArn,
      candidateGroup: groups.candidate.targetGroupArn,
      mirrorGroup: groups.mirrorForward?.targetGroupArn ?? null,
      stableService: services?.stable ?? null,
      candidateService: services?.candidate ?? null,
    });
  }

  /**
   * Refuses a second cutover with the same ingress in a region: alarms, functions and the machine are named after it,
   * so it would replace the first one's.
   */
  #refuseTwin(id: string): void {
    const here = placeOfStack(Stack.of(this));
    const twin = this.node.root.node.findAll().find((other) => {
      if (!(other instanceof DualStackCutover) || other === this || other.ingressId !== this.ingressId) return false;
      const { region, account } = placeOfStack(Stack.of(other));
      const isThere =
        region !== undefined && account !== undefined && region === here.region && account === here.account;
      return Stack.of(other) === Stack.of(this) || isThere;
    });
    if (twin !== undefined)
      throw new RangeError(`DualStackCutover ${id}: ingressId ${this.ingressId} is taken by ${twin.node.path}`);
  }

  #makeRules({ listeners = [], ingressId, groups }: DualStackCutoverProps): WeightedRule[] {
    const provider = new WeightedRuleProvider(this, 'RuleProvider', { ledger: this.ledger, ingressId });
    return rulesOn(listeners, groups).map(([id, props]) => new WeightedRule(this, id, { ...props, provider }));
  }

  /** Written as text, because references would make the handlers depend on alarms that depend on them. */
  #names(ingressId: string, alarms: readonly Alarm[]): string[] {
    return alarms.map((alarm) => `${ingressId}-${alarm.node.id}`);
  }

  /** The JSON of core/model/deployment.ts. */
  #deployment(
    { ingressId, groups, services, exerciseFunctionArn, metricProviders, runbookUrl }: DualStackCutoverProps,
    loadBalancer: string,
    retention: Duration,
  ) {
    const group = (arn: string) => ({ arn, fullName: targetGroupFullName(arn) });
    return {
      ingressId,
      loadBalancer: { fullName: loadBalancer },
      rules: this.rules.map(({ ruleArn, roles, isCohort, guarded }) => ({
        arn: ruleArn,
        roles,
        ...(isCohort ? { cohort: true } : {}),
        ...(guarded ? { guarded } : {}),
      })),
      targetGroups: Object.fromEntries(
        GROUP_ROLES.flatMap((role) => {
          const arn = groups[role]?.targetGroupArn;
          return arn === undefined ? [] : [[role, group(arn)]];
        }),
      ),
      ...(services === undefined ? {} : { services }),
      rollbackAlarms: this.#names(ingressId, this.alarms.rollback),
      shadowAlarms: this.#names(ingressId, this.alarms.mirror),
      ...(exerciseFunctionArn === undefined ? {} : { exerciseFunction: exerciseFunctionArn }),
      ...(metricProviders === undefined ? {} : { metricProviders }),
      topicArn: this.topic.topicArn,
      ledgerTable: this.ledger.tableName,
      ...(runbookUrl === undefined ? {} : { runbookUrl }),
      shadowLogDays: retention.toDays(),
    };
  }
}

export const aCutover = thatHas<DualStackCutover>('a DualStackCutover', 'ingressId', 'machine', 'functions', 'ledger');

/**
 * The rules of a cutover, by id. With a mirror there is one rule for safe methods, which may lead to the mirror, and
 * one for all others, which may not. Testers' rules come last.
 */
export function rulesOn(listeners: readonly CutoverListener[], groups: CutoverGroups): readonly IdentifiedRule[] {
  const { stable, candidate } = groups;
  const sides = { stable, candidate };
  const mirrored = groups.mirrorForward !== undefined || groups.mirrorReverse !== undefined;
  const cohorts = listeners.flatMap(({ cohort, ...given }, i): IdentifiedRule[] => {
    if (cohort === undefined) return [];
    const { priority, ...testers } = cohort;
    return [[`Cohort${i}`, { ...given, priority, cohort: testers, groups: sides }]];
  });
  const everybody = listeners.flatMap(({ cohort: _testers, ...given }, i): IdentifiedRule[] =>
    mirrored
      ? [
          [`SafeMethods${i}`, { ...given, methods: SAFE_METHODS, groups }],
          [`OtherMethods${i}`, { ...given, priority: given.priority + 1, groups: sides }],
        ]
      : [[`Rule${i}`, { ...given, groups }]],
  );
  return [...everybody, ...cohorts];
}

type IdentifiedRule = readonly [string, RuleProps];

/** The names of a cutover's parts in metrics. */
interface CutoverNames {
  readonly ingressId: string;
  /** `app/<name>/<id>` */
  readonly loadBalancerFullName: string;
  /** `targetgroup/<name>/<id>`, as the others. */
  readonly stableFullName: string;
  readonly candidateFullName: string;
  /** @default - no mirror */
  readonly mirror?: { readonly forwardFullName: string; readonly reverseFullName: string };
}

function namesOf({ ingressId, groups }: DualStackCutoverProps, loadBalancer: string): CutoverNames {
  const { stable, candidate, mirrorForward, mirrorReverse } = groups;
  return {
    ingressId,
    loadBalancerFullName: loadBalancer,
    stableFullName: targetGroupFullName(stable.targetGroupArn),
    candidateFullName: targetGroupFullName(candidate.targetGroupArn),
    ...(mirrorForward === undefined || mirrorReverse === undefined
      ? {}
      : {
          mirror: {
            forwardFullName: targetGroupFullName(mirrorForward.targetGroupArn),
            reverseFullName: targetGroupFullName(mirrorReverse.targetGroupArn),
          },
        }),
  };
}

/** @throws RangeError if the captures would be deleted before the end of the plan */
function shadowLogRetention(name: string, plan: Plan, given: Duration | undefined): Duration {
  const { longestDays: days } = project(plan, ANY_TRAFFIC);
  if (given === undefined) return Duration.days(days);
  if (given.toDays() < days)
    throw new RangeError(`${name}: shadowLogRetention is ${given.toDays()} days, but this plan may take ${days}`);
  return given;
}
