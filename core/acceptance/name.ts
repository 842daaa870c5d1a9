/** Names by which the resources of an acceptance are found again. */

/** Tag of the stack, which CloudFormation copies to the stack's resources. */
export const ACCEPTANCE_TAG = 'crossfade:acceptance';

/** Name of the stack in CloudFormation. */
export function acceptanceStackName(id: string): string {
  return `crossfade-${id}`;
}
