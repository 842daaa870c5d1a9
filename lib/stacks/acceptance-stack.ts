import { CfnOutput, CfnResource, Duration, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { type IVpc, Peer, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, ContainerImage, FargateService, FargateTaskDefinition, type ICluster } from 'aws-cdk-lib/aws-ecs';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnBucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { PlanInput } from '../../core/model/index.ts';
import { SIDES, type Side } from '../../sides/index.ts';
import { DualStackCutover } from '../cutover/index.ts';
import { forOwnAccount, LINUX_ON_ARM } from '../functions/index.ts';
import { GATEWAY_PORT } from '../mirror/index.ts';
import { TINY_SERVICE } from './tiny-service.ts';

export interface AcceptanceStackProps extends StackProps {
  readonly ingressId: string;
  readonly plan: PlanInput;
  /** Paths of the cutover's rule; the deployment during a run requests others. */
  readonly paths: readonly string[];
}

/** The official Node image from AWS's public registry, so that nothing has to be built. */
const IMAGE = 'public.ecr.aws/docker/library/node:24-alpine';
const TASKS = 2;

/**
 * A separate load balancer, two services of one file each, a cutover between them, and a queue that subscribes to its
 * topic. There is no mirror, which would require an image to be built. Nothing in it is retained.
 */
export class AcceptanceStack extends Stack {
  constructor(scope: Construct, id: string, { ingressId, plan, paths, ...props }: AcceptanceStackProps) {
    super(scope, id, props);
    const vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 0,
      // It would require a function whose log group nobody deletes, and nothing uses the default group here.
      restrictDefaultSecurityGroup: false,
      subnetConfiguration: [{ name: 'public', subnetType: SubnetType.PUBLIC }],
    }) as IVpc;
    const securityGroup = new SecurityGroup(this, 'LoadBalancerSecurityGroup', {
      vpc,
      description: 'Crossfade acceptance: two services that know nothing',
    });
    securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(80), 'The acceptance is its own customer');
    const loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc,
      internetFacing: true,
      securityGroup,
    });
    const groups = { stable: this.#group('Stable', vpc), candidate: this.#group('Candidate', vpc) };
    const listener = new ApplicationListener(this, 'Listener', {
      loadBalancer,
      open: false,
      protocol: ApplicationProtocol.HTTP,
      port: 80,
      defaultAction: ListenerAction.forward([groups.stable]),
    });
    const cluster = new Cluster(this, 'Cluster', { vpc });
    const [stable, candidate] = SIDES.map((side) => {
      const service = this.#service(side, cluster as ICluster, loadBalancer);
      service.attachToApplicationTargetGroup(groups[side]);
      service.node.addDependency(listener);
      return { cluster: cluster.clusterName, service: service.serviceName };
    });
    if (stable === undefined || candidate === undefined) throw new RangeError('a cutover has two sides');
    const cutover = new DualStackCutover(this, 'Cutover', {
      ingressId,
      listeners: [{ listener, priority: 10, paths }],
      groups,
      services: { stable, candidate },
      plan,
    });
    const queue = this.#mailbox(cutover.topic);
    new CfnOutput(this, 'Url', { value: `http://${loadBalancer.loadBalancerDnsName}` });
    new CfnOutput(this, 'QueueUrl', { value: queue.queueUrl });
    new CfnOutput(this, 'ParityStream', { value: cutover.parity.stream.deliveryStreamName });
    // An acceptance can be removed in any state; the removal ends the run and deletes the rules first (cli/accept).
    cutover.node.tryRemoveChild('Guard');
    this.#retainNothing();
  }

  /** A queue that hears what the topic says. */
  #mailbox(topic: ITopic): Queue {
    const key = new Key(this, 'QueueKey', {
      description: 'Crossfade acceptance: the queue',
      pendingWindow: Duration.days(7),
    });
    const queue = new Queue(this, 'Mailbox', {
      encryption: QueueEncryption.KMS,
      encryptionMasterKey: key,
      enforceSSL: true,
      retentionPeriod: Duration.days(1),
    });
    topic.addSubscription(new SqsSubscription(queue as IQueue));
    return queue;
  }

  #group(id: string, vpc: IVpc): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, id, {
      vpc,
      port: GATEWAY_PORT,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
      deregistrationDelay: Duration.seconds(10),
      healthCheck: { path: '/healthz', interval: Duration.seconds(10), healthyThresholdCount: 2 },
    });
  }

  #service(side: Side, cluster: ICluster, balancer: ApplicationLoadBalancer): FargateService {
    const id = side === 'stable' ? 'StableService' : 'CandidateService';
    const taskDefinition = new FargateTaskDefinition(this, `${id}Task`, {
      cpu: 256,
      memoryLimitMiB: 512,
      runtimePlatform: LINUX_ON_ARM,
    });
    taskDefinition.addContainer('service', {
      image: ContainerImage.fromRegistry(IMAGE),
      command: ['node', '-e', TINY_SERVICE],
      environment: { SIDE: side, PORT: String(GATEWAY_PORT) },
      portMappings: [{ containerPort: GATEWAY_PORT }],
    });
    forOwnAccount(taskDefinition);
    const service = new FargateService(this, id, {
      cluster,
      taskDefinition,
      desiredCount: TASKS,
      minHealthyPercent: 100,
      // The image comes from a public registry, and there is no NAT gateway to pay for.
      assignPublicIp: true,
      circuitBreaker: { rollback: true },
    });
    service.connections.allowFrom(balancer, Port.tcp(GATEWAY_PORT), 'Load balancer');
    return service;
  }

  /** Removes everything that a real cutover would retain (ledger, captures, versions, log groups). */
  #retainNothing(): void {
    for (const node of this.node.findAll()) {
      if (!(node instanceof CfnResource)) continue;
      if (node.cfnOptions.deletionPolicy !== undefined || node instanceof CfnBucket)
        node.applyRemovalPolicy(RemovalPolicy.DESTROY, { applyToUpdateReplacePolicy: true });
    }
  }
}
