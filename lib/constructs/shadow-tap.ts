import { RemovalPolicy } from 'aws-cdk-lib';
import { CfnSecurityGroupIngress, type IConnectable, type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  CpuArchitecture,
  Secret as EcsSecret,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LogDrivers,
  OperatingSystemFamily,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { DeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from '../acknowledge.ts';
import { addCollector, OTLP_ENDPOINT } from '../otel-collector.ts';
import { TAP_PORTS } from '../ports.ts';
import { tapImage } from '../tap-image.ts';

/** In the customers' path: two tasks in two zones at least. */
const MIN_TASKS = 2;
const MAX_TASKS = 20;

export interface ShadowTapProps {
  readonly ingressId: string;
  readonly vpc: IVpc;
  readonly cluster: ICluster;
  /** The load balancer, or its security group: the tap answers nobody else. */
  readonly loadBalancer: IConnectable;
  readonly forward: ApplicationTargetGroup;
  readonly reverse: ApplicationTargetGroup;
  /** Where the stable side and the candidate answer within the VPC, such as `http://stable.gateway.internal:8080`. */
  readonly stableUrl: string;
  readonly candidateUrl: string;
  /** Both sides: the tap may reach their tasks on `gatewayPort`. */
  readonly sides: readonly IConnectable[];
  readonly gatewayPort: number;
  /** Captured pairs go here. */
  readonly stream: DeliveryStream;
  /** Route templates by which parity is signed off, such as `/items/{id}`. @default - the first segment of the path */
  readonly routes?: readonly string[];
}

/** The shadow tap as a Fargate service: two faces, a health port that depends on neither candidate nor sink. */
export class ShadowTap extends Construct {
  readonly service: FargateService;
  readonly logGroup: ILogGroup;
  readonly securityGroup: SecurityGroup;

  constructor(scope: Construct, id: string, props: ShadowTapProps) {
    super(scope, id);
    this.logGroup = new LogGroup(this, 'Logs', {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.RETAIN,
    }) as ILogGroup;
    const redactionKey = new Secret(this, 'RedactionKey', {
      description: 'Keys the hashes that stand in for secrets in captured pairs',
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
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    taskDefinition.addContainer('tap', {
      image: tapImage(),
      environment: {
        CROSSFADE_INGRESS: props.ingressId,
        TAP_STABLE_URL: props.stableUrl,
        TAP_CANDIDATE_URL: props.candidateUrl,
        TAP_FORWARD_PORT: String(TAP_PORTS.forward),
        TAP_REVERSE_PORT: String(TAP_PORTS.reverse),
        TAP_HEALTH_PORT: String(TAP_PORTS.health),
        TAP_SINK: `firehose:${props.stream.deliveryStreamName}`,
        TAP_ROUTES: (props.routes ?? []).join(','),
        OTEL_SERVICE_NAME: 'crossfade-tap',
        OTEL_EXPORTER_OTLP_ENDPOINT: OTLP_ENDPOINT,
      },
      secrets: { TAP_REDACTION_KEY: EcsSecret.fromSecretsManager(redactionKey as ISecret) },
      logging: LogDrivers.awsLogs({ streamPrefix: 'tap', logGroup: this.logGroup }),
      portMappings: Object.values(TAP_PORTS).map((containerPort) => ({ containerPort })),
      readonlyRootFilesystem: true,
    });
    addCollector(taskDefinition, this.logGroup);
    props.stream.grantPutRecords(taskDefinition.taskRole);
    this.securityGroup = new SecurityGroup(this, 'SecurityGroup', { vpc: props.vpc, description: 'Shadow tap' });
    for (const port of Object.values(TAP_PORTS))
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
      this.service.loadBalancerTarget({ containerName: 'tap', containerPort: TAP_PORTS.forward }),
    );
    props.reverse.addTarget(
      this.service.loadBalancerTarget({ containerName: 'tap', containerPort: TAP_PORTS.reverse }),
    );
    this.service
      .autoScaleTaskCount({ minCapacity: MIN_TASKS, maxCapacity: MAX_TASKS })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 40 });
  }

  /** The rules stand here and not beside the sides' groups: their stack must not depend on the tap's. */
  #reach(sides: readonly IConnectable[], port: number): void {
    for (const [n, side] of sides.entries()) {
      for (const [i, group] of side.connections.securityGroups.entries()) {
        new CfnSecurityGroupIngress(this, `ToSide${n}${i}`, {
          groupId: group.securityGroupId,
          sourceSecurityGroupId: this.securityGroup.securityGroupId,
          ipProtocol: 'tcp',
          fromPort: port,
          toPort: port,
          description: 'Shadow tap',
        });
      }
    }
  }
}
