/** Two binary messages, by what they say. Pointer: into the JSON that stands for them; of protobuf `/<field number>/<value from 0>`. */
import { type BodyDifference, type MessageFormat, messageFormatOf } from '../../model/index.ts';
import { floatsIn, jsonOfMessagePack, jsonOfProtobuf, messagesOfGrpc, textOfGrpc } from '../binary/index.ts';
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
  const found = x === y ? [bodyDifference('white-space', '', null, null)] : compareJson(x, y);
  return found === null ? null : [...found, ...floatDifferences(a, b)];
}

/** Of MessagePack, whose numbers have types. */
function floatDifferences(a: Content, b: Content): BodyDifference[] {
  if (messageFormatOf(a.mediaType.type) !== 'messagepack' || messageFormatOf(b.mediaType.type) !== 'messagepack')
    return [];
  const [x, y] = [floatsIn(a.bytes), floatsIn(b.bytes)];
  return x === y ? [] : [bodyDifference('float-for-integer', '', `${x} floats`, `${y} floats`)];
}
