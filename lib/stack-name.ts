/**
 * The name of a stack in CloudFormation: `<id>-<ingress>`. Two ingresses of one account are two sets of stacks; the CDK's commands
 * go by the id alone (`cdk deploy CrossfadeCutover`).
 */
export function stackName(id: string, ingressId: string): string {
  // CloudFormation takes letters, digits and hyphens; `a_b` and `a-b` must not be one stack.
  return `${id}-${ingressId.replaceAll('_', '--')}`;
}
