/** Cuts the bytes of a recording into pieces, each as soon as it is complete. */

/**
 * @param endOf the end of the first piece in a buffer, which may be beyond the buffer; null if it is still unknown
 * @param piece the name of a piece, for a recording that ends within one
 * @throws Error if it does, and whatever `endOf` throws
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
    // A piece of many chunks is joined only once.
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
