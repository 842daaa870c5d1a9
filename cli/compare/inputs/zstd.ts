/**
 * Decompresses zstd with several frames, as in appended logs and from parallel compressors. Node's own stream silently
 * stops after the first frame.
 */
import * as zlib from 'node:zlib';
import { asError } from '../../shared/index.ts';

/** @throws whatever decompressing throws, also if the last frame is incomplete */
export async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  for (let more = true; more; ) {
    const frame = zlib.createZstdDecompress();
    const feed = async () => {
      // Bytes that a frame does not consume belong to the next one.
      while (rest.length === 0 || (await write(frame, rest))) {
        const { value, done } = await chunks.next();
        if (done === true) {
          more = false;
          return void frame.end();
        }
        rest = value;
      }
    };
    const write = async (to: zlib.ZstdDecompress, chunk: Buffer) => {
      const before = to.bytesWritten;
      await new Promise<void>((resolve) => to.write(chunk, () => resolve()));
      rest = chunk.subarray(to.bytesWritten - before);
      return rest.length === 0;
    };
    const fed = feed().catch((error: unknown) => void frame.destroy(asError(error)));
    try {
      yield* frame;
      await fed;
    } finally {
      frame.destroy();
    }
  }
}
