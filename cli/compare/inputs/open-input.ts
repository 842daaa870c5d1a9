/** Opens an input: its decompressed bytes, or, for a recording, its entries, one per line. */
import { createReadStream } from 'node:fs';
import { addAbortSignal, Duplex, pipeline, type Readable, Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import type { Input } from './inputs.ts';
import { legLineOfExchange } from './recorded-leg.ts';
import { goreplayExchanges, harEntries, mitmproxyExchanges, type OneSidedExchange } from './recordings/index.ts';
import { unzstd } from './zstd.ts';

type Wanted = 'answers' | 'requests';

const READ_AHEAD = 256 * 1024;

/**
 * @param onBytes called with the number of bytes read from disk
 * @param wanted for a recording; requests without a recorded answer are included only for `requests`
 * @throws whatever reading, decompressing or parsing throws
 */
export function openInput(
  input: Input,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
  wanted: Wanted = 'answers',
): AsyncIterable<Buffer> {
  const raw = input.stream ?? createReadStream(input.file, { highWaterMark: READ_AHEAD });
  addAbortSignal(signal, raw);
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  const stages = [counter, ...decompression(input)];
  // The reader of the last stage gets the error.
  pipeline([raw, ...stages], () => {});
  const last: Readable = stages.at(-1) ?? counter;
  return entries(input, last, wanted);
}

/** Not stages of the pipeline, in which a failure would discard what was read before it. */
function entries({ recording }: Input, source: AsyncIterable<Buffer>, wanted: Wanted): AsyncIterable<Buffer> {
  if (recording === null) return source;
  if (recording === 'HAR') return harEntries(source);
  return exchangeLines(recording === 'mitmproxy' ? mitmproxyExchanges(source) : goreplayExchanges(source), wanted);
}

async function* exchangeLines(exchanges: AsyncIterable<OneSidedExchange>, wanted: Wanted): AsyncGenerator<Buffer> {
  for await (const exchange of exchanges)
    if (exchange.response !== null || wanted === 'requests')
      yield Buffer.from(`${JSON.stringify(legLineOfExchange(exchange))}\n`);
}

function decompression({ compression, file }: Input): Duplex[] {
  if (compression === 'none') return [];
  if (compression === 'gzip') return [zlib.createGunzip()];
  if ('createZstdDecompress' in zlib) return [Duplex.from(unzstd)];
  throw new Error(`${file}: zstd needs Node 22.15 or later`);
}
