import { Duration } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress, type IConnectable, type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Secret as EcsSecret, FargateService, FargateTaskDefinition, type ICluster } from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeTask, forOwnAccount, keptLogs, LINUX_ON_ARM } from '../functions/index.ts';
import { addEnvoy, addRecorder, MIRROR_PORTS, type MirrorTaskProps } from './mirror-containers.ts';

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

export interface ShadowMirrorProps extends MirrorTaskProps {
  /** The VPC of both sides and the load balancer. */
  readonly vpc: IVpc;
  /** The cluster of the mirror's service. */
  readonly cluster: ICluster;
  /** The load balancer, or its security group; the mirror answers nobody else. */
  readonly loadBalancer: IConnectable;
  /** Group of the face that answers from stable; IP targets. */
  readonly forward: ApplicationTargetGroup;
  /** Group of the face that answers from the candidate; IP targets. */
  readonly reverse: ApplicationTargetGroup;
  /** Both sides, whose tasks the mirror may reach on `gatewayPort`. */
  readonly sides: readonly IConnectable[];
  /** The port on which both sides answer. */
  readonly gatewayPort: number;
}

const IMAGES = ['envoyImage', 'baseImage'] as const;

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
    validate(props);
    this.logGroup = keptLogs(this, 'Logs');
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
    addEnvoy(taskDefinition, { ...props, logGroup: this.logGroup, stopTimeout: STOP_TIMEOUT, drainDelay: DRAIN_DELAY });
    addRecorder(taskDefinition, {
      ...props,
      logGroup: this.logGroup,
      stopTimeout: STOP_TIMEOUT,
      drainDelay: DRAIN_DELAY,
      redactionKey: EcsSecret.fromSecretsManager(redactionKey as ISecret),
    });
    acknowledgeTask(taskDefinition);
    forOwnAccount(taskDefinition);
    // The recorder only ships batches; `grantPutRecords` would also permit single records.
    props.stream.grant(taskDefinition.taskRole, 'firehose:PutRecordBatch');
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

/** @throws RangeError that names the property; the mirror itself would report it only after deployment */
function validate(props: ShadowMirrorProps): void {
  const { copies = {}, redaction = {}, routes = [], healthPath = '/', keepAlive = Duration.seconds(1) } = props;
  const check = (ok: boolean, name: string, must: string) => {
    if (!ok) throw new RangeError(`ShadowMirror: ${name} must be ${must}`);
  };
  const isShare = (value = 0) => value >= 0 && value <= 1;
  check(isShare(copies.sampleRate), 'copies.sampleRate', 'from 0 to 1');
  check(isShare(copies.noiseRate), 'copies.noiseRate', 'from 0 to 1');
  const idle = keepAlive.toSeconds();
  check(idle >= 1 && idle <= 4_100, 'keepAlive', 'from 1 to 4,100 seconds');
  const { bodyCapBytes = 1_024, maxInFlight = 1 } = copies;
  check(bodyCapBytes >= 1_024 && bodyCapBytes <= 1_048_576, 'copies.bodyCapBytes', 'from 1,024 to 1,048,576');
  check(maxInFlight >= 1 && maxInFlight <= 10_000, 'copies.maxInFlight', 'from 1 to 10,000');
  const all = (values: readonly string[] = [], item: RegExp) => values.every((value) => item.test(value));
  for (const name of ['allow', 'allowStable'] as const)
    check(
      all(copies[name], /^[A-Z]+ \/[^\s,]*$/),
      `copies.${name}`,
      'methods with path templates, such as `POST /search`',
    );
  check(all(redaction.headers, /^[\w-]+$/), 'redaction.headers', 'field names');
  check(all(redaction.parameters, /^[\w.-]+$/), 'redaction.parameters', 'parameter names');
  check(all(redaction.jsonPointers, /^\/[^\s,]*$/), 'redaction.jsonPointers', 'JSON pointers, such as `/user/email`');
  for (const name of IMAGES)
    check(
      /@sha256:[0-9a-f]{64}$/.test(props[name] ?? `@sha256:${'0'.repeat(64)}`),
      name,
      'an image by digest, such as `name@sha256:…`',
    );
  check(all([...routes, healthPath], /^\/[^\s,]*$/), 'routes and healthPath', 'paths without spaces or commas');
}
