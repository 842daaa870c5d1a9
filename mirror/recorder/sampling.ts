/**
 * Deterministic sampling: a request id is chosen or not at every mirror of a kind, and again on a retry. Envoy uses a
 * hash of its own (envoy/routes.ts).
 */

/** @param rate 0 to 1 @param purpose makes choices for different purposes independent of each other */
export function sampled(requestId: string, rate: number, purpose = ''): boolean {
  if (rate >= 1) return true;
  if (rate <= 0) return false;
  return hash(purpose + requestId) / 2 ** 32 < rate;
}

/** FNV-1a, followed by MurmurHash3's finaliser, because FNV alone leaves the high bits of similar ids alike. */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
