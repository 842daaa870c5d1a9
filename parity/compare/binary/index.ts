/** Binary messages, written as JSON. */
export { messagesOfGrpc, textOfGrpc } from './grpc.ts';
export { floatsIn, jsonOfMessagePack } from './message-pack.ts';
export { jsonOfProtobuf } from './protobuf.ts';
