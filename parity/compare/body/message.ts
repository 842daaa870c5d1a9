/** Two binary messages, by what they say. Pointer: into the JSON that stands for them; of protobuf `/<field number>/<value from 0>`. */
import { type BodyDifference, type MessageFormat, messageFormatOf } from '../../model/index.ts';
import { jsonOfMessagePack, jsonOfProtobuf, messagesOfGrpc, textOfGrpc } from '../binary/index.ts';
import type { Content } from './decoded-content.ts';
import { bodyDifference, compareJson } from './json.ts';

const READERS: Readonly<Record<MessageFormat, (content: Content) => string | null>> = {
  messagepack: ({ bytes }) => jsonOfMessagePack(bytes),
  protobuf: ({ bytes }) => jsonOfProtobuf(bytes),
  grpc: ({ bytes }) => messagesOfGrpc(bytes),
  'grpc-text': ({ text }) => (text === null ? null : textOfGrpc(text)),
};

/** null where one cannot be read. Both are known to differ. */
export function compareMessages(a: Content, b: Content): BodyDifference[] | null {
  const [x, y] = [a, b].map((content) => {
    const format = messageFormatOf(content.mediaType.type);
    return format === null ? null : READERS[format](content);
  });
  if (x == null || y == null) return null;
  if (x === y) return [bodyDifference('white-space', '', null, null)];
  return compareJson(x, y);
}
