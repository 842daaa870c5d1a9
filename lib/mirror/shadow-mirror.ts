import { Duration } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress, type IConnectable, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Secret as EcsSecret, FargateService, FargateTaskDefinition } from 'aws-cdk-lib/aws-ecs';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeTask, forOwnAccount, keptLogs, LINUX_ON_ARM } from '../functions/index.ts';
import { checkProps } from '../props/index.ts';
import { addEnvoy, addRecorder, MIRROR_PORTS } from './mirror-containers.ts';
import { SHADOW_MIRROR_SHAPE, type ShadowMirrorProps } from './shadow-mirror-props.ts';

/**
 * A task that is told to stop keeps answering until the load balancer has noticed, then finishes the requests in
 * progress.
 */
const DRAIN_DELAY = Duration.seconds(20);
const STOP_TIMEOUT = Duration.seconds(120);
/** The mirror is in the customers' path, so it has at least two tasks in two zones. */
const MIN_TASKS = 2;
const MAX_TASKS = 20;

export const GATEWAY_PORT = 8080;
/** Paths on which a face of the mirror reports that it serves and that its primary is reachable. */
export const MIRROR_HEALTH = {
  forward: { port: MIRROR_PORTS.health, path: '/readyz/forward' },
  reverse: { port: MIRROR_PORTS.health, path: '/readyz/reverse' },
} as const;

/**
 * The shadow mirror as a Fargate service: Envoy, which alone stands between customers and the primary, and the
 * recorder. It has two faces, and a health port that depends on neither candidate nor sink.
 */
export class ShadowMirror extends Construct {
  /** Customers' requests pass through it while the weight of one of its groups is above 0. */
  readonly service: FargateService;
  /** Logs of Envoy and of the recorder. */
  readonly logGroup: ILogGroup;
  /** Takes requests from the load balancer alone. */
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: ShadowMirrorProps) {
    super(scope, id);
    checkProps(`ShadowMirror ${id}`, SHADOW_MIRROR_SHAPE, props, this);
    if (props.forward === props.reverse)
      throw new RangeError(`ShadowMirror ${id}: reverse must be another target group than forward`);
    this.logGroup = keptLogs(this, 'Logs');
    const taskDefinition = this.#task(props);
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', { vpc: props.vpc, description: 'Shadow mirror' });
    for (const port of Object.values(MIRROR_PORTS))
      this.securityGroup.connections.allowFrom(props.loadBalancer, Port.tcp(port), 'Load balancer');
    this.#reach(props.sides, props.gatewayPort);
    this.service = new FargateService(this, 'Service', {
      cluster: props.cluster,
      taskDefinition,
      desiredCount: MIN_TASKS,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      securityGroups: [this.securityGroup],
    });
    props.forward.addTarget(
      this.service.loadBalancerTarget({ containerName: 'envoy', containerPort: MIRROR_PORTS.forward }),
    );
    props.reverse.addTarget(
      this.service.loadBalancerTarget({ containerName: 'envoy', containerPort: MIRROR_PORTS.reverse }),
    );
    this.service
      .autoScaleTaskCount({ minCapacity: MIN_TASKS, maxCapacity: MAX_TASKS })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 40 });
  }

  #task(props: ShadowMirrorProps): FargateTaskDefinition {
    const redactionKey = new Secret(this, 'RedactionKey', {
      description: 'Key of the hashes that replace secrets in captures',
      generateSecretString: { passwordLength: 32, excludePunctuation: true },
    });
    acknowledge(
      redactionKey,
      'AwsSolutions-SMG4',
      'Hashes must be equal throughout a cutover; exchange the key between two of them',
    );
    const taskDefinition = new FargateTaskDefinition(this, 'Task', {
      cpu: 1024,
      memoryLimitMiB: 2048,
      runtimePlatform: LINUX_ON_ARM,
    });
    const around = { ...props, logGroup: this.logGroup, stopTimeout: STOP_TIMEOUT, drainDelay: DRAIN_DELAY };
    addEnvoy(taskDefinition, around);
    addRecorder(taskDefinition, { ...around, redactionKey: EcsSecret.fromSecretsManager(redactionKey as ISecret) });
    acknowledgeTask(taskDefinition);
    forOwnAccount(taskDefinition);
    // The recorder only ships batches; `grantPutRecords` would also permit single records.
    props.stream.grant(taskDefinition.taskRole, 'firehose:PutRecordBatch');
    return taskDefinition;
  }

  /** The rules are here and not next to the sides' groups, because their stack must not depend on the mirror's. */
  #reach(sides: readonly IConnectable[], port: number): void {
    for (const [n, side] of sides.entries()) {
      for (const [i, group] of side.connections.securityGroups.entries()) {
        new CfnSecurityGroupIngress(this, `ToSide${n}${i}`, {
          groupId: group.securityGroupId,
          sourceSecurityGroupId: this.securityGroup.securityGroupId,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          description: 'Shadow mirror',
        });
      }
    }
  }
}
