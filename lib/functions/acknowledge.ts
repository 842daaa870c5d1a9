/**
 * Exceptions to security rules (cdk-nag's AwsSolutions pack), each where it arises and with its reason. The tests run
 * the pack, and so may users in their apps; the acknowledgements are metadata and do not need cdk-nag. cdk-nag 3 reads
 * those of the CDK, and cdk-nag 2 metadata of its own in each resource.
 */
import { isDeepStrictEqual } from 'node:util';
import { AspectPriority, Aspects, CfnResource, Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

export function acknowledge(construct: IConstruct, rule: `AwsSolutions-${string}`, reason: string): void {
  Validations.of(construct).acknowledge({ id: rule, reason });
  suppress(construct, rule, reason);
}

const NAG_METADATA = 'cdk_nag';

/** For cdk-nag 2, which looks at a resource alone. Policies are made later, so this is done in the synthesis. */
function suppress(construct: IConstruct, rule: string, reason: string): void {
  const { id = rule, finding } = /^(?<id>[^[]+)\[(?<finding>.*)\]$/s.exec(rule)?.groups ?? {};
  const suppression = { id, reason, ...(finding === undefined ? {} : { applies_to: [finding] }) };
  const isAboutIam = id.startsWith('AwsSolutions-IAM');
  const visit = (node: IConstruct) => {
    if (!CfnResource.isCfnResource(node) || node.cfnResourceType.startsWith('AWS::IAM::') !== isAboutIam) return;
    const { rules_to_suppress: before = [] }: { readonly rules_to_suppress?: readonly object[] } =
      node.getMetadata(NAG_METADATA) ?? {};
    if (!before.some((each) => isDeepStrictEqual(each, suppression)))
      node.addMetadata(NAG_METADATA, { rules_to_suppress: [...before, suppression] });
  };
  Aspects.of(construct).add({ visit }, { priority: AspectPriority.MUTATING });
}

/** The managed policy with which a function writes its own logs. */
export function acknowledgeLogsOnly(construct: IConstruct): void {
  acknowledge(
    construct,
    'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole]',
    'Logs only; every other permission is granted action by action',
  );
}

/**
 * Findings about a task: `GetAuthorizationToken` of ECR needs a wildcard in every execution role, and its environment
 * contains plain settings.
 */
export function acknowledgeTask(task: IConstruct): void {
  acknowledge(task, 'AwsSolutions-ECS2', 'Settings only; the one secret comes from Secrets Manager');
  acknowledgeWildcard(
    task,
    '*',
    'ECR (GetAuthorizationToken) and X-Ray (PutTraceSegments, PutTelemetryRecords) have no resource types',
  );
}

/** One wildcard of one policy, spelled as the pack reports it. */
export function acknowledgeWildcard(construct: IConstruct, resource: string, reason: string): void {
  acknowledge(construct, `AwsSolutions-IAM5[Resource::${spelled(Stack.of(construct).resolve(resource))}]`, reason);
}

function spelled(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const [[name, argument] = []] = Object.entries(value);
  if (name === 'Ref') return `<${String(argument)}>`;
  if (name === 'Fn::GetAtt' && Array.isArray(argument)) return `<${argument.join('.')}>`;
  if (name === 'Fn::Join' && Array.isArray(argument) && Array.isArray(argument[1]))
    return argument[1].map(spelled).join(String(argument[0]));
  return JSON.stringify(value);
}
