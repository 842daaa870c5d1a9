/** Bytes of an input, decompressed; of a recording: its entries, one a line. */
import { createReadStream } from 'node:fs';
import { addAbortSignal, Duplex, pipeline, type Readable, Transform } from 'node:stream';
import * as zlib from 'node:zlib';
import { pick } from 'stream-json/filters/pick.js';
import { streamArray } from 'stream-json/streamers/stream-array.js';
import type { Input } from './inputs.ts';
import { legLineOfExchange } from './recorded-leg.ts';
import { goreplayExchanges, mitmproxyExchanges } from './recordings/index.ts';
import { unzstd } from './zstd.ts';

const READ_AHEAD = 256 * 1024;

/**
 * @param onBytes told of the bytes read, as they are on disk
 * @param wanted of a recording; requests whose answers were not recorded are there for `requests` alone
 * @throws whatever reading, decompressing or parsing throws
 */
export function openInput(
  input: Input,
  onBytes: (bytes: number) => void,
  signal: AbortSignal,
  wanted: 'answers' | 'requests' = 'answers',
): AsyncIterable<Buffer> {
  const raw = input.stream ?? createReadStream(input.file, { highWaterMark: READ_AHEAD });
  addAbortSignal(signal, raw);
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      onBytes(chunk.length);
      done(null, chunk);
    },
  });
  const stages = [counter, ...decompression(input), ...entries(input, wanted)];
  // The error reaches whoever reads the last stage.
  pipeline([raw, ...stages], () => {});
  const last: Readable = stages.at(-1) ?? counter;
  return last;
}

function entries({ recording }: Input, wanted: 'answers' | 'requests'): Duplex[] {
  if (recording === null) return [];
  if (recording === 'HAR') return [withoutMark(), ...harEntries()];
  const exchanges = recording === 'mitmproxy' ? mitmproxyExchanges : goreplayExchanges;
  return [
    Duplex.from(async function* (source: AsyncIterable<Buffer>) {
      for await (const exchange of exchanges(source)) {
        if (exchange.response !== null || wanted === 'requests')
          yield Buffer.from(`${JSON.stringify(legLineOfExchange(exchange))}\n`);
      }
    }),
  ];
}

function decompression({ compression, file }: Input): Duplex[] {
  if (compression === 'none') return [];
  if (compression === 'gzip') return [zlib.createGunzip()];
  if ('createZstdDecompress' in zlib) return [Duplex.from(unzstd)];
  throw new Error(`${file}: zstd needs Node 22.15 or later`);
}

/** A byte order mark is no JSON; recorders of some systems write one. */
function withoutMark(): Transform {
  let first = true;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const marked = first && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
      first = false;
      done(null, marked ? chunk.subarray(3) : chunk);
    },
  });
}

function harEntries() {
  const asLine = new Transform({
    writableObjectMode: true,
    transform({ value }: { readonly value: unknown }, _encoding, done) {
      done(null, `${JSON.stringify(value)}\n`);
    },
  });
  return [pick.withParserAsStream({ filter: 'log.entries' }), streamArray.asStream(), asLine];
}
