import { Stack } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { CutoverAlarms } from './cutover-alarms.ts';
import { CutoverDashboard } from './cutover-dashboard.ts';
import { CutoverFunctions } from './cutover-functions.ts';
import { CutoverMachine } from './cutover-machine.ts';
import { ParityPipeline } from './parity-pipeline.ts';
import { RollbackTriggers } from './rollback-triggers.ts';

/** A target group by its names: enough for one that some other stack, or nobody's stack, owns. */
export interface TargetGroupRef {
  readonly arn: string;
  /** `targetgroup/<name>/<id>` */
  readonly fullName: string;
}

export interface DualStackCutoverProps {
  /** Names the ingress: letters, digits, - and _, at most 40. */
  readonly ingressId: string;
  /** `app/<name>/<id>` */
  readonly loadBalancerFullName: string;
  /** The rules that the cutover owns, each with the roles of its groups. Made by `WeightedRule`, or existing ones. */
  readonly rules: readonly {
    readonly arn: string;
    readonly roles: readonly ('stable' | 'candidate' | 'tapForward' | 'tapReverse')[];
  }[];
  readonly stable: TargetGroupRef;
  readonly candidate: TargetGroupRef;
  /** @default - no shadow: the mirror's phases pass without evidence, and sign-off says so */
  readonly tap?: { readonly forward: TargetGroupRef; readonly reverse: TargetGroupRef };
  /** ECS services, so that capacity is held and finally removed. @default - capacity is left alone */
  readonly services?: {
    readonly stable: { readonly cluster: string; readonly service: string };
    readonly candidate: { readonly cluster: string; readonly service: string };
  };
  readonly ledger: ITableV2;
  /** Where status messages and alarms go. @default - a new encrypted topic */
  readonly topic?: ITopic;
  /** Load and chaos while mirroring. @default - none */
  readonly exerciseFunctionArn?: string;
}

const INGRESS_ID = /^[A-Za-z0-9_-]{1,40}$/;

/** Everything that a cutover needs around an existing listener, target groups and services. */
export class DualStackCutover extends Construct {
  readonly machine: CutoverMachine;
  readonly alarms: CutoverAlarms;
  readonly functions: CutoverFunctions;
  readonly triggers: RollbackTriggers;
  readonly parity: ParityPipeline;
  readonly topic: ITopic;

  constructor(scope: Construct, id: string, props: DualStackCutoverProps) {
    super(scope, id);
    if (!INGRESS_ID.test(props.ingressId))
      throw new RangeError(
        `DualStackCutover ${id}: ingressId must be 1 to 40 letters, digits, - or _, not "${props.ingressId}"`,
      );
    if (props.rules.length === 0) throw new RangeError(`DualStackCutover ${id}: at least one rule is needed`);
    const machineName = `${props.ingressId}-cutover`;
    this.topic = props.topic ?? new Topic(this, 'Topic', { enforceSSL: true });
    this.alarms = new CutoverAlarms(this, 'Alarms', {
      ingressId: props.ingressId,
      loadBalancerFullName: props.loadBalancerFullName,
      stableFullName: props.stable.fullName,
      candidateFullName: props.candidate.fullName,
      ...(props.tap === undefined ? {} : { tapForwardFullName: props.tap.forward.fullName }),
    });
    const deployment = Stack.of(this).toJsonString(this.#deployment(props));
    this.functions = new CutoverFunctions(this, 'Functions', {
      ingressId: props.ingressId,
      deployment,
      ledger: props.ledger,
      topic: this.topic,
      ruleArns: props.rules.map((rule) => rule.arn),
      machineName,
      ...(props.services === undefined ? {} : { stableService: props.services.stable }),
      ...(props.exerciseFunctionArn === undefined ? {} : { exerciseFunctionArn: props.exerciseFunctionArn }),
    });
    this.machine = new CutoverMachine(this, 'Cutover', { functions: this.functions, stateMachineName: machineName });
    this.triggers = new RollbackTriggers(this, 'Triggers', {
      functions: this.functions,
      alarms: this.alarms,
      machine: this.machine.machine,
      topic: this.topic,
    });
    this.parity = new ParityPipeline(this, 'Parity', { deployment, ledger: props.ledger });
    new CutoverDashboard(this, 'Dashboard', props);
  }

  /** The JSON of core/deployment.ts. Alarm names are written out, since the alarms themselves depend on the handlers. */
  #deployment(props: DualStackCutoverProps): object {
    const { ingressId, tap } = props;
    return {
      ingressId,
      loadBalancer: { fullName: props.loadBalancerFullName },
      rules: props.rules,
      targetGroups: {
        stable: props.stable,
        candidate: props.candidate,
        ...(tap === undefined ? {} : { tapForward: tap.forward, tapReverse: tap.reverse }),
      },
      ...(props.services === undefined ? {} : { services: props.services }),
      rollbackAlarms: this.alarms.rollback.map((alarm) => `${ingressId}-${alarm.node.id}`),
      shadowAlarms: this.alarms.shadow.map((alarm) => `${ingressId}-${alarm.node.id}`),
      ...(props.exerciseFunctionArn === undefined ? {} : { exerciseFunction: props.exerciseFunctionArn }),
      topicArn: this.topic.topicArn,
      ledgerTable: props.ledger.tableName,
    };
  }
}
