/** Converts binary messages to JSON. */
export type { BinaryText } from './byte-reader.ts';
export { textOfCbor } from './cbor.ts';
export { textsOfGrpc } from './grpc.ts';
export { textOfMessagePack } from './message-pack.ts';
export { textsOfProtobuf, ValueBudget } from './protobuf.ts';
