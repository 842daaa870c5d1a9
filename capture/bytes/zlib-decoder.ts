/** Implements the comparer's `Decode` port with zlib. Lambda, the CLI and the tests pass it to `compareRecord`. */
import * as zlib from 'node:zlib';
import * as z from 'zod';
import type { Decode, Decoded } from '../format/index.ts';

interface Unpacked {
  readonly bytes: Uint8Array;
  /** How many input bytes were consumed. */
  readonly taken: number;
}

type Unpack = (bytes: Uint8Array, limit: number) => Unpacked;

/** The compressed content ends before the body does. Some readers report an error there, others ignore the rest. */
class TrailingBytesError extends Error {
  constructor() {
    super('bytes follow the compressed content');
    this.name = 'TrailingBytesError';
  }
}

/**
 * With `info: true`, zlib returns the result and the engine that produced it; Node's type declarations mention only the
 * result.
 */
const withInfo = z.object({ buffer: z.instanceof(Uint8Array), engine: z.object({ bytesWritten: z.number() }) });

type Sync = (bytes: Uint8Array, options: { readonly maxOutputLength: number; readonly info: true }) => unknown;

function unpacking(sync: Sync): Unpack {
  return (bytes, limit) => {
    const { buffer, engine } = withInfo.parse(sync(bytes, { maxOutputLength: limit, info: true }));
    return { bytes: buffer, taken: engine.bytesWritten };
  };
}

/** Several gzip members form one content (RFC 1952, 2.2). zlib rejects trailing bytes other than zeros. */
const gunzip = unpacking(zlib.gunzipSync);
const inflate = unpacking(zlib.inflateSync);
const inflateRaw = unpacking(zlib.inflateRawSync);
// The CLI also runs on Node versions without zstd (before 22.15).
const unzstd = 'zstdDecompressSync' in zlib ? unpacking(zlib.zstdDecompressSync) : undefined;

const DECODERS: Readonly<Record<string, Unpack>> = {
  gzip: gunzip,
  'x-gzip': gunzip,
  deflate: inflateEither,
  br: unpacking(zlib.brotliDecompressSync),
  ...(unzstd === undefined ? {} : { zstd: (bytes, limit) => everyFrame(bytes, limit, unzstd) }),
};

export const decodeContent: Decode = (coding, bytes, limit): Decoded => {
  const unpack = Object.hasOwn(DECODERS, coding) ? DECODERS[coding] : undefined;
  if (unpack === undefined) return { outcome: 'unsupported' };
  try {
    const { bytes: content, taken } = unpack(bytes, limit);
    if (taken < bytes.length) throw new TrailingBytesError();
    return { outcome: 'decoded', bytes: content };
  } catch (error) {
    return { outcome: isTooLarge(error) ? 'too-large' : 'malformed' };
  }
};

/** `deflate` means zlib format (RFC 9110, 8.4.1.2), but some servers send raw deflate, and browsers accept both. */
function inflateEither(bytes: Uint8Array, limit: number): Unpacked {
  try {
    return inflate(bytes, limit);
  } catch (error) {
    if (isTooLarge(error)) throw error;
    return inflateRaw(bytes, limit);
  }
}

/** A frame costs as much time as a few kilobytes of content, however small it is, so their number is limited. */
const MAX_FRAMES = 10_000;

/** Decodes every zstd frame and skips the skippable ones (RFC 8878, 3.1); Node stops after the first frame. */
function everyFrame(bytes: Uint8Array, limit: number, unpack: Unpack): Unpacked {
  const parts: Uint8Array[] = [];
  let [at, length] = [0, 0];
  while (at < bytes.length) {
    if (parts.length === MAX_FRAMES) throw Object.assign(new Error('too many frames'), { code: TOO_LARGE });
    const skipped = skippableLength(bytes, at);
    if (skipped > 0) {
      at += skipped;
      continue;
    }
    const frame = unpack(bytes.subarray(at), limit);
    length += frame.bytes.length;
    if (length > limit) throw Object.assign(new Error('too large'), { code: TOO_LARGE });
    if (frame.taken === 0) break;
    parts.push(frame.bytes);
    at += frame.taken;
  }
  return { bytes: Buffer.concat(parts), taken: at };
}

/** Length in bytes of the skippable frame at `at`, including its header; 0 if there is none. */
function skippableLength(bytes: Uint8Array, at: number): number {
  if (bytes.length - at < 8) return 0;
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8);
  return (view.getUint32(0, true) & 0xfffffff0) >>> 0 === 0x184d2a50 ? 8 + view.getUint32(4, true) : 0;
}

const TOO_LARGE = 'ERR_BUFFER_TOO_LARGE';

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === TOO_LARGE;
}
