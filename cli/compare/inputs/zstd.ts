/** zstd of several frames, as appended logs and parallel compressors have: Node's own stream ends with the first, and says nothing. */
import * as zlib from 'node:zlib';
import { asError } from '../../shared/index.ts';

/** @throws whatever decompressing throws, also where the last frame breaks off */
export async function* unzstd(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const chunks = source[Symbol.asyncIterator]();
  let rest: Buffer = Buffer.alloc(0);
  for (let more = true; more; ) {
    const frame = zlib.createZstdDecompress();
    const feed = async () => {
      // What a frame does not take is the next one's.
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
