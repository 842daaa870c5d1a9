/** Messages of gRPC and gRPC-Web as JSON. */
import { COMPRESSED, type Frame, framesOf, TRAILERS } from '../../../capture/format/index.ts';
import { textsOfProtobuf, ValueBudget } from './protobuf.ts';

/**
 * Arrays of the messages, as JSON; null if the bytes are not frames, or if a message is compressed.
 * @throws RangeError if there are too many values
 */
export function textsOfGrpc(a: Uint8Array, b: Uint8Array): readonly [string | null, string | null] {
  const [x, y] = [framesOf(a), framesOf(b)];
  const budget = new ValueBudget();
  const [ours, theirs]: [(string | null)[], (string | null)[]] = [[], []];
  for (let i = 0; i < Math.max(x?.length ?? 0, y?.length ?? 0); i++) {
    const [one, other] = messagesOf(x?.[i], y?.[i], budget);
    if (x !== null && i < x.length) ours.push(one);
    if (y !== null && i < y.length) theirs.push(other);
  }
  return [x && arrayOf(ours), y && arrayOf(theirs)];
}

const arrayOf = (messages: readonly (string | null)[]) => (messages.includes(null) ? null : `[${messages.join(',')}]`);

/** The messages at the same place on both sides. */
function messagesOf(
  a: Frame | undefined,
  b: Frame | undefined,
  budget: ValueBudget,
): readonly [string | null, string | null] {
  const messageIn = (frame: Frame | undefined) => (frame?.flag === TRAILERS ? NOTHING : (frame?.content ?? NOTHING));
  const [x, y] = textsOfProtobuf(messageIn(a), messageIn(b), budget);
  const told = (frame: Frame | undefined, message: string | null) =>
    frame?.flag === TRAILERS ? trailers(frame.content) : ((frame?.flag ?? 0) & COMPRESSED) !== 0 ? null : message;
  return [told(a, x), told(b, y)];
}

const NOTHING = new Uint8Array();

/** The values of a repeated name form one list. */
function trailers(bytes: Uint8Array): string {
  const known = new Map<string, string>();
  for (const line of new TextDecoder().decode(bytes).split(/\r?\n/)) {
    const [, name, value = ''] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined) continue;
    const before = known.get(name.toLowerCase());
    known.set(name.toLowerCase(), before === undefined ? value : `${before}, ${value}`);
  }
  return JSON.stringify({ trailers: Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1))) });
}
