/**
 * Compares two binary messages by their content. Pointer: into the equivalent JSON; for protobuf `/<field
 * number>/<index of the value>`.
 */
import { bytesOfGrpcText } from '../../../capture/format/index.ts';
import { type BodyDifference, type MessageFormat, messageFormatOf, why } from '../../model/index.ts';
import {
  type BinaryText,
  textOfCbor,
  textOfMessagePack,
  textsOfGrpc,
  textsOfProtobuf,
  ValueBudget,
} from '../binary/index.ts';
import type { Content } from './decoded-content.ts';
import { bodyDifference, compareJson } from './json.ts';
import { wholesOf } from './json-sequence.ts';

type Pair<T> = readonly [T, T];
type Reader = (a: Content, b: Content) => Pair<BinaryText | null>;

const each =
  (read: (bytes: Uint8Array) => BinaryText | null): Reader =>
  (a, b) => [read(a.bytes), read(b.bytes)];
/** Formats whose numbers, without a schema, may differ only in length. */
const untyped =
  (read: (a: Uint8Array, b: Uint8Array) => Pair<string | null>): Reader =>
  (a, b) => {
    try {
      const [x, y] = read(a.bytes, b.bytes).map((json) => (json === null ? null : { values: [json], floats: 0 }));
      return [x ?? null, y ?? null];
    } catch (error) {
      if (error instanceof RangeError) return [null, null];
      throw error;
    }
  };
const NOTHING = new Uint8Array();

const READERS: Readonly<Record<MessageFormat, Reader>> = {
  cbor: each(textOfCbor),
  messagepack: each(textOfMessagePack),
  protobuf: untyped((a, b) => textsOfProtobuf(a, b, new ValueBudget())),
  grpc: untyped(textsOfGrpc),
  'grpc-text': (a, b) => {
    const [x, y] = [a, b].map(({ text }) => (text === null ? null : bytesOfGrpcText(text)));
    const bytes = [x ?? NOTHING, y ?? NOTHING] as const;
    return x == null || y == null ? [null, null] : untyped(() => textsOfGrpc(...bytes))(a, b);
  },
};

/** Call only if the messages differ. Returns null if one cannot be parsed. */
export function compareMessages(a: Content, b: Content): BodyDifference[] | null {
  const [format, other] = [a, b].map(({ mediaType }) => messageFormatOf(mediaType.type));
  if (format == null || other == null || format !== other) return null;
  const [x, y] = READERS[format](a, b);
  if (x === null || y === null) return null;
  const [p, q] = wholesOf(x.values, y.values);
  const found = p === q ? [bodyDifference('white-space', '', null, null)] : compareJson(p, q);
  if (found === null) return null;
  const floats =
    x.floats === y.floats ? [] : [bodyDifference('float-for-integer', '', `${x.floats} floats`, `${y.floats} floats`)];
  const typed = format === 'cbor' || format === 'messagepack';
  return [...(typed ? found : found.map(ofPresence)), ...floats];
}

/** Values that readers treat as absent, unless the schema tracks presence. */
const DEFAULTS = new Set(['[0]', '[""]', '["64:0"]', '["32:0"]']);

function ofPresence(difference: BodyDifference): BodyDifference {
  const { stable, candidate } = difference;
  const alone = stable === null ? candidate : candidate === null ? stable : null;
  return alone !== null && DEFAULTS.has(alone) ? { ...difference, ...why('default-presence') } : difference;
}
