/** Why a copy that was wanted gave no capture: reasons of the mirror's metric `MirrorDropped`, as alarms, dashboard and sign-off read them. */

/** Before the copy was sent. */
export const UNSENT_COPIES = [
  'oversize',
  'busy',
  'breaker',
  'recorder-busy',
  'recorder-slow',
  'recorder-down',
  'error',
] as const;

/** All of them, those after it was sent too. */
export const MIRROR_LOSSES = [...UNSENT_COPIES, 'queue', 'sink'] as const;
export type MirrorLoss = (typeof MIRROR_LOSSES)[number];
