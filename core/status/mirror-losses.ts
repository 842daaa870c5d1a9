/**
 * Why a wanted copy produced no capture: reasons of the mirror's metric `MirrorDropped`, as alarms, dashboard and
 * sign-off read them.
 */

/** Reasons before the copy was sent. */
export const UNSENT_COPIES = [
  'oversize',
  'busy',
  'breaker',
  'recorder-busy',
  'recorder-slow',
  'recorder-down',
  'error',
] as const;

/** All reasons, including those after it was sent. */
export const MIRROR_LOSSES = [...UNSENT_COPIES, 'queue', 'sink'] as const;
export type MirrorLoss = (typeof MIRROR_LOSSES)[number];
