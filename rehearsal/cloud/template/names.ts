/** Local ARNs and names for the resources of the templates: the results of Ref and GetAtt. */
import * as z from 'zod';
import type { Assembly, Resource } from './assembly.ts';
import { type Lookup, resolve } from './intrinsics.ts';

export const REGION = 'local-1';
export const ACCOUNT = '000000000000';

const aliasSchema = z.looseObject({
  Name: z.string().optional(),
  RoutingConfiguration: z.array(z.looseObject({ StateMachineVersionArn: z.string() })),
});

const NAME_PROPERTY: Readonly<Record<string, string>> = {
  'AWS::StepFunctions::StateMachine': 'StateMachineName',
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::SNS::Topic': 'TopicName',
  'AWS::DynamoDB::Table': 'TableName',
  'AWS::DynamoDB::GlobalTable': 'TableName',
  'AWS::Lambda::Function': 'FunctionName',
  'AWS::ECS::Cluster': 'ClusterName',
  'AWS::ECS::Service': 'ServiceName',
  'AWS::KinesisFirehose::DeliveryStream': 'DeliveryStreamName',
  'AWS::Events::Rule': 'Name',
  'AWS::S3::Bucket': 'BucketName',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::ElasticLoadBalancingV2::LoadBalancer': 'Name',
  'AWS::ElasticLoadBalancingV2::TargetGroup': 'Name',
};

/** The end of an ARN has AWS's order of resource types; ids are the logical ids, so that a reader recognises them. */
export class Names implements Lookup {
  readonly #byId = new Map<string, Resource>();
  readonly #assembly: Assembly;
  /** Answers of custom resources: `<stack>/<logicalId>` → attributes and physical id. */
  readonly custom = new Map<
    string,
    { readonly physicalId: string; readonly data: Readonly<Record<string, unknown>> }
  >();

  constructor(assembly: Assembly) {
    this.#assembly = assembly;
    for (const r of assembly.resources) this.#byId.set(`${r.stack}/${r.logicalId}`, r);
  }

  /** Properties with every intrinsic replaced. */
  properties(resource: Resource): Record<string, unknown> {
    return Object.fromEntries(
      Object.entries(resource.properties).map(([k, v]) => [k, resolve(v, resource.stack, this)]),
    );
  }

  ref(stack: string, id: string): string {
    switch (id) {
      case 'AWS::Region':
        return REGION;
      case 'AWS::AccountId':
        return ACCOUNT;
      case 'AWS::Partition':
        return 'aws';
      case 'AWS::URLSuffix':
        return 'amazonaws.com';
      case 'AWS::StackName':
        return stack;
      case 'AWS::StackId':
        return this.arn('cloudformation', `stack/${stack}/local`);
    }
    const resource = this.#byId.get(`${stack}/${id}`);
    if (resource !== undefined) return this.#refOf(resource);
    if (!this.#assembly.parameters.has(`${stack}.${id}`)) throw new RangeError(`Ref of unknown ${stack}/${id}`);
    return String(this.#assembly.parameters.get(`${stack}.${id}`) ?? '');
  }

  attribute(stack: string, id: string, name: string): string {
    const resource = this.#byId.get(`${stack}/${id}`);
    if (resource === undefined) throw new RangeError(`GetAtt of unknown resource ${stack}/${id}`);
    const answered = this.custom.get(`${stack}/${id}`);
    if (answered !== undefined) return String(answered.data[name] ?? '');
    if (name === 'TargetGroupFullName' || name === 'LoadBalancerFullName') return this.fullName(resource);
    if (name === 'Name') return this.nameOf(resource);
    if (name === 'Arn' || name.endsWith('Arn')) return this.arnOf(resource);
    return `${id}.${name}`;
  }

  output(stack: string, name: string): unknown {
    const found = this.#assembly.outputs.get(`${stack}.${name}`);
    if (found === undefined) throw new RangeError(`stack ${stack} has no output ${name}`);
    return resolve(found.value, found.stack, this);
  }

  exported(name: string): unknown {
    const found = this.#assembly.exports.find((e) => resolve(e.name, e.stack, this) === name);
    if (found === undefined) throw new RangeError(`no stack exports ${name}`);
    return resolve(found.value, found.stack, this);
  }

  arnOf(resource: Resource): string {
    const name = this.nameOf(resource);
    switch (resource.type) {
      case 'AWS::Lambda::Function':
        return this.arn('lambda', `function:${name}`);
      case 'AWS::Lambda::Version':
        return `${this.#related(resource, 'FunctionName')}:1`;
      case 'AWS::StepFunctions::StateMachine':
        return this.arn('states', `stateMachine:${name}`);
      case 'AWS::StepFunctions::StateMachineVersion':
        return `${String(this.properties(resource).StateMachineArn)}:1`;
      case 'AWS::StepFunctions::StateMachineAlias':
        return this.#aliasArn(resource);
      case 'AWS::ElasticLoadBalancingV2::TargetGroup':
      case 'AWS::ElasticLoadBalancingV2::LoadBalancer':
        return this.arn('elasticloadbalancing', this.fullName(resource).replace(/^app\//, 'loadbalancer/app/'));
      case 'AWS::ElasticLoadBalancingV2::Listener':
        return this.#listenerArn(resource);
      case 'AWS::ECS::Service':
        return this.arn('ecs', `service/${String(this.properties(resource).Cluster)}/${name}`);
      case 'AWS::CloudWatch::Alarm':
        return this.arn('cloudwatch', `alarm:${name}`);
      case 'AWS::KinesisFirehose::DeliveryStream':
        return this.arn('firehose', `deliverystream/${name}`);
      case 'AWS::DynamoDB::Table':
      case 'AWS::DynamoDB::GlobalTable':
        return this.arn('dynamodb', `table/${name}`);
      case 'AWS::Events::Rule':
        return this.arn('events', `rule/${name}`);
      case 'AWS::KMS::Key':
        return this.arn('kms', `key/${name}`);
      case 'AWS::IAM::Role':
        return `arn:aws:iam::${ACCOUNT}:role/${name}`;
      case 'AWS::IAM::ManagedPolicy':
        return `arn:aws:iam::${ACCOUNT}:policy/${name}`;
      case 'AWS::S3::Bucket':
        return `arn:aws:s3:::${name}`;
      case 'AWS::Logs::LogGroup':
        return this.arn('logs', `log-group:${name}:*`);
      default:
        return this.arn(resource.type.split('::')[1]?.toLowerCase() ?? 'unknown', name);
    }
  }

  /** The CloudWatch dimension of a load balancer or a target group. */
  fullName(resource: Resource): string {
    const kind = resource.type.endsWith('TargetGroup') ? 'targetgroup' : 'app';
    return `${kind}/${this.nameOf(resource)}/0000000000000001`;
  }

  /** The explicit name in the template, or the logical id, so that a reader recognises it. */
  nameOf(resource: Resource): string {
    const property = NAME_PROPERTY[resource.type];
    const given = property === undefined ? undefined : resource.properties[property];
    const name = given === undefined ? undefined : resolve(given, resource.stack, this);
    return typeof name === 'string' ? name : resource.logicalId;
  }

  arn(service: string, rest: string): string {
    return `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;
  }

  #refOf(resource: Resource): string {
    const answered = this.custom.get(`${resource.stack}/${resource.logicalId}`);
    if (answered !== undefined) return answered.physicalId;
    switch (resource.type) {
      case 'AWS::Lambda::Function':
      case 'AWS::DynamoDB::Table':
      case 'AWS::DynamoDB::GlobalTable':
      case 'AWS::ECS::Cluster':
      case 'AWS::CloudWatch::Alarm':
      case 'AWS::KinesisFirehose::DeliveryStream':
        return this.nameOf(resource);
      case 'AWS::S3::Bucket':
      case 'AWS::IAM::Role':
      case 'AWS::Logs::LogGroup':
        return this.nameOf(resource);
      case 'AWS::EC2::VPC':
      case 'AWS::EC2::Subnet':
        return resource.logicalId;
      default:
        return this.arnOf(resource);
    }
  }

  /** As in AWS, it contains the load balancer's name and id. */
  #listenerArn(resource: Resource): string {
    const lb = String(this.properties(resource).LoadBalancerArn).replace(/^.*:loadbalancer\//, '');
    return this.arn('elasticloadbalancing', `listener/${lb}/0000000000000002`);
  }

  /** The machine's ARN with the alias's own name; the version to which it routes has the former. */
  #aliasArn(resource: Resource): string {
    const { Name = 'live', RoutingConfiguration } = aliasSchema.parse(this.properties(resource));
    return `${RoutingConfiguration[0]?.StateMachineVersionArn.replace(/:\d+$/, '') ?? ''}:${Name}`;
  }

  #related(resource: Resource, property: string): string {
    const name = String(this.properties(resource)[property]);
    return name.startsWith('arn:') ? name : this.arn('lambda', `function:${name}`);
  }
}
