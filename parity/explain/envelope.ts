/** Keys that moved: into an object of their own, or to another name. */
import { type JsonDoc, keysOf, kindOf, type Node, STRIDE, stringOf } from '../../json/index.ts';
import type { Finding } from '../model/index.ts';

/**
 * Finds a member of one side whose own members are the ones without a partner on the other side: most of either, and
 * all if there is only one.
 */
export function envelopeAmong(
  doc: JsonDoc,
  keys: readonly Node[],
  other: JsonDoc,
  others: readonly Node[],
  paired: ReadonlySet<string>,
): Node | undefined {
  if (others.length === 0) return undefined;
  const names = new Set(others.map((key) => stringOf(other, key)));
  return keys.find((key) => {
    if (kindOf(doc, key + STRIDE) !== 'object') return false;
    const inner = keysOf(doc, key + STRIDE);
    const shared = inner.filter((one) => names.has(stringOf(doc, one))).length;
    const most = shared * 2 > Math.max(inner.length, names.size);
    return most && (shared > 1 || (paired.size === 0 && keys.length === 1));
  });
}

export function renamed(stable: string, candidate: string): Finding {
  return {
    cause: 'key-renamed',
    advice: `Stable sends \`${stable}\`, the candidate \`${candidate}\`.`,
  };
}
