/** The two services of a cutover or a comparison. */
export type Side = 'stable' | 'candidate';

export const SIDES: readonly Side[] = ['stable', 'candidate'];

export function otherSide(side: Side): Side {
  return side === 'stable' ? 'candidate' : 'stable';
}
