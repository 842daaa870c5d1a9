/** The capture format: one request with the answers of both sides. */
export { type Decode, type Decoded, decodeAll, MAX_DECODED_BYTES } from './content-coding.ts';
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
