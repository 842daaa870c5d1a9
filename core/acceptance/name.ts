/** How what an acceptance makes is found again. */

/** On the stack, from which CloudFormation copies it to what is in it. */
export const ACCEPTANCE_TAG = 'crossfade:acceptance';

/** CloudFormation's name of the stack. */
export function acceptanceStackName(id: string): string {
  return `crossfade-${id}`;
}
