/** The capture format: one request with the answers of both sides. */
export { type Decode, type Decoded, decodeAll, MAX_DECODED_BYTES } from './content-coding.ts';
export { bytesOfGrpcText, COMPRESSED, type Frame, framesOf, joined, TRAILERS, uncompressed } from './grpc-frames.ts';
export { identityOf } from './identity.ts';
export {
  CAPTURE_VERSION,
  type CapturedBody,
  type CaptureRecord,
  captureRecordSchema,
  type HeaderList,
  type Leg,
  legSchema,
  type ResponseLeg,
} from './record.ts';
