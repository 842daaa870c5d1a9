import { Duration, RemovalPolicy, Stack, type StackProps, Token } from 'aws-cdk-lib';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { FlowLogDestination, type IVpc, Peer, Port, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import {
  ApplicationListener,
  ApplicationLoadBalancer,
  ApplicationProtocol,
  ApplicationTargetGroup,
  ListenerAction,
  ListenerCertificate,
  SslPolicy,
  TargetType,
} from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { BlockPublicAccess, Bucket, BucketEncryption, type IBucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { GroupRole } from '../../core/model/index.ts';
import { ledgerTable } from '../cutover/index.ts';
import { acknowledge, forOwnAccount } from '../functions/index.ts';
import { type CohortProps, SAFE_METHODS, WeightedRule, WeightedRuleProvider } from '../listener/index.ts';
import { GATEWAY_PORT, MIRROR_HEALTH, MIRROR_PORTS } from '../mirror/index.ts';

export interface IngressStackProps extends StackProps {
  readonly ingressId: string;
  /** ACM certificate of the listener. @default - plain HTTP, only for a trial */
  readonly certificateArn?: string;
  /** Testers whom the candidate may answer before the first stage. @default - nobody */
  readonly cohort?: CohortProps;
}

/** The load balancer, the four target groups, and the rules whose weights belong to the cutover. */
export class IngressStack extends Stack {
  readonly vpc: IVpc;
  readonly loadBalancer: ApplicationLoadBalancer;
  readonly groups: Readonly<Record<GroupRole, ApplicationTargetGroup>>;
  readonly ledger: ITableV2;
  readonly rules: readonly WeightedRule[];

  constructor(scope: Construct, id: string, props: IngressStackProps) {
    super(scope, id, props);
    this.vpc = new Vpc(this, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      flowLogs: { all: { destination: FlowLogDestination.toCloudWatchLogs() } },
    }) as IVpc;
    forOwnAccount(this.vpc);
    const securityGroup = new SecurityGroup(this, 'LoadBalancerSecurityGroup', {
      vpc: this.vpc,
      description: 'Crossfade ingress',
    });
    acknowledge(securityGroup, 'AwsSolutions-EC23', 'The public entrance: customers come from everywhere, on one port');
    securityGroup.addIngressRule(Peer.anyIpv4(), Port.tcp(props.certificateArn === undefined ? 80 : 443), 'Customers');
    this.loadBalancer = new ApplicationLoadBalancer(this, 'LoadBalancer', {
      vpc: this.vpc,
      internetFacing: true,
      securityGroup,
      dropInvalidHeaderFields: true,
    });
    this.groups = {
      stable: this.#group('Stable', GATEWAY_PORT),
      candidate: this.#group('Candidate', GATEWAY_PORT),
      mirrorForward: this.#group('MirrorForward', MIRROR_PORTS.forward, MIRROR_HEALTH.forward),
      mirrorReverse: this.#group('MirrorReverse', MIRROR_PORTS.reverse, MIRROR_HEALTH.reverse),
    };
    const listener = this.#listener(props.certificateArn);
    this.ledger = ledgerTable(this, 'Ledger');
    const provider = new WeightedRuleProvider(this, 'RuleProvider', {
      ledger: this.ledger,
      ingressId: props.ingressId,
    });
    const { stable, candidate } = this.groups;
    this.rules = [
      new WeightedRule(this, 'SafeMethods', {
        listener,
        provider,
        priority: 10,
        methods: SAFE_METHODS,
        groups: this.groups,
      }),
      new WeightedRule(this, 'OtherMethods', { listener, provider, priority: 20, groups: { stable, candidate } }),
      ...(props.cohort === undefined
        ? []
        : [
            new WeightedRule(this, 'Cohort', {
              listener,
              provider,
              priority: 5,
              cohort: props.cohort,
              groups: { stable, candidate },
            }),
          ]),
    ];
  }

  #group(id: string, port: number, health = { port, path: '/healthz' }): ApplicationTargetGroup {
    return new ApplicationTargetGroup(this, id, {
      vpc: this.vpc,
      port,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
      deregistrationDelay: Duration.seconds(60),
      healthCheck: {
        path: health.path,
        port: String(health.port),
        interval: Duration.seconds(10),
        timeout: Duration.seconds(5),
        healthyThresholdCount: 2,
        unhealthyThresholdCount: 2,
        healthyHttpCodes: '200',
      },
    });
  }

  #listener(certificateArn: string | undefined): ApplicationListener {
    const logs = new Bucket(this, 'AccessLogs', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [{ expiration: Duration.days(90) }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    acknowledge(logs, 'AwsSolutions-S1', 'This is the bucket of access logs; a log of itself would never end');
    if (Token.isUnresolved(this.region))
      acknowledge(
        this.loadBalancer,
        'AwsSolutions-ELB2',
        'Log delivery is permitted to an account that depends on the region; give the stack an env, and logs are on',
      );
    else this.loadBalancer.logAccessLogs(logs as IBucket);
    // The rules take their requests from this action; without the rules, stable keeps serving.
    const defaultAction = ListenerAction.forward([this.groups.stable]);
    const common = { loadBalancer: this.loadBalancer, open: false, defaultAction };
    if (certificateArn === undefined)
      return new ApplicationListener(this, 'Listener', { ...common, protocol: ApplicationProtocol.HTTP, port: 80 });
    return new ApplicationListener(this, 'Listener', {
      ...common,
      protocol: ApplicationProtocol.HTTPS,
      port: 443,
      sslPolicy: SslPolicy.RECOMMENDED_TLS,
      certificates: [ListenerCertificate.fromArn(certificateArn)],
    });
  }
}
