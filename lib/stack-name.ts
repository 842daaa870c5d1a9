/**
 * The name of a stack in CloudFormation: `<id>-<ingress>`. Two ingresses in one account are two sets of stacks. The
 * CDK's commands use only the id (`cdk deploy CrossfadeCutover`).
 */
export function stackName(id: string, ingressId: string): string {
  // CloudFormation allows letters, digits and hyphens, and `a_b` and `a-b` must not be the same stack.
  return `${id}-${ingressId.replaceAll('_', '--')}`;
}
