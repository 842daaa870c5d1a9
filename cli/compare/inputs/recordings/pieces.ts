/** Bytes of a recording, cut into pieces as soon as each is whole. */

/**
 * @param endOf where the first piece of a buffer ends, which may be beyond it; null where that cannot be told yet
 * @param piece what a piece is called, where the recording ends within one
 * @throws Error when it does, and whatever `endOf` throws
 */
export async function* piecesOfRecording(
  source: AsyncIterable<Buffer>,
  endOf: (buffer: Buffer) => number | null,
  piece: string,
): AsyncGenerator<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let wanted = 0;
  for await (const chunk of source) {
    waiting.push(chunk);
    bytes += chunk.length;
    // A piece of many chunks is put together once.
    if (bytes < wanted) continue;
    let buffer = Buffer.concat(waiting);
    let end = endOf(buffer);
    for (; end !== null && end <= buffer.length; end = endOf(buffer)) {
      yield buffer.subarray(0, end);
      buffer = buffer.subarray(end);
    }
    waiting = [buffer];
    bytes = buffer.length;
    wanted = end ?? 0;
  }
  if (bytes > 0) throw new Error(`it ends within a ${piece}`);
}
