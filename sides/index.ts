/** The two services of a cutover or a comparison. */
export const SIDES = ['stable', 'candidate'] as const;
export type Side = (typeof SIDES)[number];

export function otherSide(side: Side): Side {
  return side === 'stable' ? 'candidate' : 'stable';
}
