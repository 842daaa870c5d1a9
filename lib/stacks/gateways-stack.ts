import { join } from 'node:path';
import { RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type IVpc, Port, SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import {
  Cluster,
  ContainerInsights,
  FargateService,
  FargateTaskDefinition,
  type ICluster,
  LogDrivers,
} from 'aws-cdk-lib/aws-ecs';
import type { ApplicationLoadBalancer, ApplicationTargetGroup } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { type ILogGroup, LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Side } from '../../sides/index.ts';
import { ReadableImage } from '../assets/index.ts';
import { acknowledgeTask, forOwnAccount, LINUX_ON_ARM } from '../functions/index.ts';
import { GATEWAY_PORT } from '../mirror/index.ts';
import { addCollector, OTLP_ENDPOINT } from './otel-collector.ts';

export interface GatewaysStackProps extends StackProps {
  readonly ingressId: string;
  readonly vpc: IVpc;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly stable: ApplicationTargetGroup;
  readonly candidate: ApplicationTargetGroup;
}

const EXAMPLES = join(import.meta.dirname, '..', '..', 'examples');
/** The namespace in which the mirror finds both sides within the VPC. */
const NAMESPACE = 'crossfade.internal';
/** The port on which both sides request orders. */
const UPSTREAM_PORT = 9000;
const UPSTREAM_URL = `http://upstream.${NAMESPACE}:${UPSTREAM_PORT}`;
const MIN_TASKS = 2;
const MAX_TASKS = 10;

/**
 * The reference services: the Node gateway as stable, the Go one as the candidate, otherwise alike, and the service
 * behind both.
 */
export class GatewaysStack extends Stack {
  readonly cluster: Cluster;
  readonly stable: FargateService;
  readonly candidate: FargateService;
  readonly logGroups: Readonly<Record<Side, ILogGroup>>;
  /** Addresses within the VPC that bypass the load balancer; only for the mirror. */
  readonly urls = {
    stable: `http://stable.${NAMESPACE}:${GATEWAY_PORT}`,
    candidate: `http://candidate.${NAMESPACE}:${GATEWAY_PORT}`,
  };

  constructor(scope: Construct, id: string, props: GatewaysStackProps) {
    super(scope, id, props);
    this.cluster = new Cluster(this, 'Cluster', {
      vpc: props.vpc,
      containerInsightsV2: ContainerInsights.ENABLED,
      defaultCloudMapNamespace: { name: NAMESPACE },
    });
    this.logGroups = { stable: this.#logGroup('Stable'), candidate: this.#logGroup('Candidate') };
    this.stable = this.#service('stable', 'gateway-node', props);
    this.candidate = this.#service('candidate', 'gateway-go', props);
    this.#upstream(props.vpc, [this.stable, this.candidate]);
  }

  #logGroup(id: string): ILogGroup {
    return new LogGroup(this, `${id}Logs`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    }) as ILogGroup;
  }

  #service(side: Side, folder: string, props: GatewaysStackProps): FargateService {
    const id = side === 'stable' ? 'Stable' : 'Candidate';
    const logGroup = this.logGroups[side];
    const taskDefinition = new FargateTaskDefinition(this, `${id}Task`, {
      cpu: 512,
      memoryLimitMiB: 1024,
      runtimePlatform: LINUX_ON_ARM,
    });
    taskDefinition.addContainer('gateway', {
      image: new ReadableImage(join(EXAMPLES, folder)),
      environment: {
        PORT: String(GATEWAY_PORT),
        SIDE: side,
        CROSSFADE_INGRESS: props.ingressId,
        UPSTREAM_URL,
        OTEL_SERVICE_NAME: folder,
        OTEL_EXPORTER_OTLP_ENDPOINT: OTLP_ENDPOINT,
      },
      logging: LogDrivers.awsLogs({ streamPrefix: folder, logGroup }),
      portMappings: [{ containerPort: GATEWAY_PORT }],
      readonlyRootFilesystem: true,
    });
    addCollector(taskDefinition, logGroup);
    forOwnAccount(taskDefinition);
    const securityGroup = new SecurityGroup(this, `${id}SecurityGroup`, {
      vpc: props.vpc,
      description: `${folder} tasks`,
    });
    securityGroup.connections.allowFrom(props.loadBalancer, Port.tcp(GATEWAY_PORT), 'Load balancer');
    const service = this.#fargateService(id, side, taskDefinition, securityGroup);
    service.attachToApplicationTargetGroup(props[side]);
    service
      .autoScaleTaskCount({ minCapacity: MIN_TASKS, maxCapacity: MAX_TASKS })
      .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 50 });
    return service;
  }

  /** The orders service behind both sides, which only they can reach, within the VPC. */
  #upstream(vpc: IVpc, callers: readonly FargateService[]): void {
    const taskDefinition = new FargateTaskDefinition(this, 'UpstreamTask', {
      cpu: 256,
      memoryLimitMiB: 512,
      runtimePlatform: LINUX_ON_ARM,
    });
    taskDefinition.addContainer('upstream', {
      image: new ReadableImage(join(EXAMPLES, 'upstream')),
      environment: { PORT: String(UPSTREAM_PORT), BIND: '0.0.0.0' },
      logging: LogDrivers.awsLogs({ streamPrefix: 'upstream', logGroup: this.#logGroup('Upstream') }),
      portMappings: [{ containerPort: UPSTREAM_PORT }],
      readonlyRootFilesystem: true,
    });
    acknowledgeTask(taskDefinition);
    forOwnAccount(taskDefinition);
    const securityGroup = new SecurityGroup(this, 'UpstreamSecurityGroup', { vpc, description: 'upstream tasks' });
    for (const caller of callers) securityGroup.connections.allowFrom(caller, Port.tcp(UPSTREAM_PORT), 'Gateway');
    this.#fargateService('Upstream', 'upstream', taskDefinition, securityGroup);
  }

  /** @param name under which others in the VPC find it */
  #fargateService(
    id: string,
    name: string,
    taskDefinition: FargateTaskDefinition,
    securityGroup: SecurityGroup,
  ): FargateService {
    return new FargateService(this, id, {
      cluster: this.cluster as ICluster,
      taskDefinition,
      desiredCount: MIN_TASKS,
      minHealthyPercent: 100,
      circuitBreaker: { rollback: true },
      securityGroups: [securityGroup],
      cloudMapOptions: { name },
    });
  }
}
