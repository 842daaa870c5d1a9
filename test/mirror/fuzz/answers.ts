/** Answers that services give: whole, partial, with excess bytes, and invalid. */
import fc from 'fast-check';
import { chunked, extension, inPieces, mutated, STOWAWAY, size, tag, text, trailers } from './notation.ts';

/** A service's answer to one request. */
export interface Answer {
  readonly pieces: readonly string[];
  /** What happens to the connection afterwards. */
  readonly end: 'stay' | 'close' | 'reset';
  /** Whether this is a whole answer by RFC 9112; null if that cannot be decided. */
  readonly whole: boolean | null;
  /** Whether the answer is sent before the request's body is complete. */
  readonly early: boolean;
}

const STATUS_LINES: readonly string[] = [
  'HTTP/1.1 OK',
  'HTTP/1.1 99 Low',
  'HTTP/1.1 1000 High',
  'HTTP/1.1 000 Zero',
  'HTTP/1.1 -20 Minus',
  'HTTP/1.1 2x0 OK',
  'HTTP/1.1  200 OK',
  'HTTP/3.7 200 OK',
  'HTTP/1.1200 OK',
  'ICY 200 OK',
  '200 OK',
  'HTTP/1.1 200 \0',
  'HTTP/1.1 200 \xe9\xff',
  'HTTP/1.1 200\tOK',
  'HTTP/1.1 200',
  'HTTP/1.1 999 Odd',
  'HTTP/1.1 600 Odd',
  'HTTP/1.0 200 OK',
  `HTTP/1.1 200 ${'r'.repeat(9_000)}`,
];

const ANSWER_FIELDS: readonly string[] = [
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 13\r\nTransfer-Encoding: chunked',
  'Content-Length: -1',
  'Content-Length: 13, 13',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding: identity',
  'Connection: Content-Length, X-Tag\r\nContent-Length: 13',
  'Connection: upgrade\r\nUpgrade: websocket\r\nContent-Length: 13',
  'Trailer: Content-Length\r\nContent-Length: 13',
  'X-Fold: a\r\n b\r\nContent-Length: 13',
  'X-Nul: a\0\r\nContent-Length: 13',
  'X-Cr: a\rb\r\nContent-Length: 13',
  'X-No-Colon\r\nContent-Length: 13',
  'X-Space : a\r\nContent-Length: 13',
  'Set-Cookie: a=\xe9\r\nContent-Length: 13',
  'X-Crossfade-Failed: x\r\nX-Crossfade-Timing: -1\r\nX-Crossfade-Undated: 1\r\nContent-Length: 13',
  'Keep-Alive: timeout=0\r\nContent-Length: 13',
  `X-64: ${'h'.repeat(66_000)}\r\nContent-Length: 13`,
  `X-200: ${'h'.repeat(200_000)}\r\nContent-Length: 13`,
  `${Array.from({ length: 3_000 }, (_, i) => `X-${i}: v`).join('\r\n')}\r\nContent-Length: 13`,
  'Content-Encoding: gzip\r\nContent-Length: 13',
];

const ANSWER_CHUNKS: readonly string[] = [
  '-1\r\nx',
  'zz\r\n',
  'ffffffffffffffffff\r\nx',
  '5\r\nhelloX',
  '5\nhello\n0\n\n',
  '\r\n',
];

/** Draws a whole answer, which itself shows where it is complete. */
function politeAnswer(n: number): fc.Arbitrary<string> {
  const head = (status: string) => `HTTP/1.1 ${status}\r\nX-Tag: ${tag(n)}\r\n`;
  return fc.oneof(
    fc.tuple(text, size).map(([start, more]) => {
      const body = `${start}${tag(n)}${'b'.repeat(more)}`;
      return `${head('200 OK')}Content-Length: ${body.length}\r\n\r\n${body}`;
    }),
    fc
      .tuple(text, extension, trailers)
      .map(
        ([start, ext, tail]) =>
          `${head('200 OK')}Transfer-Encoding: chunked\r\n\r\n${chunked(`${start}${tag(n)}`, ext, tail)}`,
      ),
    fc.constantFrom('204 No Content', '304 Not Modified').map((status) => `${head(status)}\r\n`),
    fc
      .constantFrom('404 Not Found', '503 Busy', '418 Teapot')
      .map((status) => `${head(status)}Content-Length: 0\r\n\r\n`),
    fc
      .tuple(
        fc.constantFrom('100 Continue', '102 Processing', '103 Early Hints\r\nLink: </a>; rel=preload'),
        fc.integer({ min: 1, max: 60 }),
      )
      .map(
        ([early, times]) => `${`HTTP/1.1 ${early}\r\n\r\n`.repeat(times)}${head('200 OK')}Content-Length: 2\r\n\r\nok`,
      ),
  );
}

function rudeAnswer(n: number): fc.Arbitrary<string> {
  const head = (line: string) => `${line}\r\nX-Tag: ${tag(n)}\r\n`;
  return fc.oneof(
    fc.constantFrom(...STATUS_LINES).map((line) => `${head(line)}Content-Length: 13\r\n\r\n${tag(n)}`),
    fc.constantFrom(...ANSWER_FIELDS).map((fields) => `${head('HTTP/1.1 200 OK')}${fields}\r\n\r\n${tag(n)}`),
    fc
      .constantFrom(...ANSWER_CHUNKS)
      .map((bytes) => `${head('HTTP/1.1 200 OK')}Transfer-Encoding: chunked\r\n\r\n${bytes}`),
    fc.constant(
      `${head('HTTP/1.1 101 Switching Protocols')}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x05hello`,
    ),
    fc.constant(`${head('HTTP/1.1 200 OK')}Content-Length: 13\r\n\r\n${tag(n)}`.replaceAll('\r\n', '\n')),
    mutated(politeAnswer(n)),
  );
}

export function answer(n: number): fc.Arbitrary<Answer> {
  const early = fc.oneof({ weight: 6, arbitrary: fc.constant(false) }, { weight: 1, arbitrary: fc.constant(true) });
  const made = (pieces: fc.Arbitrary<string[]>, whole: boolean | null, ends: readonly Answer['end'][]) =>
    fc.record({ pieces, early, end: fc.constantFrom(...ends), whole: fc.constant(whole) });
  const stowaway = `HTTP/1.1 200 OK\r\nX-Tag: ${STOWAWAY}\r\nContent-Length: 0\r\n\r\n`;
  const short = fc.record({
    head: fc.constantFrom('Content-Length: 200', 'Transfer-Encoding: chunked'),
    body: fc.constantFrom(tag(n), `d\r\n${tag(n)}\r\n`, `d\r\n${tag(n)}`, ''),
  });
  return fc.oneof(
    { weight: 8, arbitrary: made(inPieces(politeAnswer(n)), true, ['stay', 'stay', 'close']) },
    { weight: 2, arbitrary: made(inPieces(politeAnswer(n).map((whole) => whole + stowaway)), true, ['stay', 'close']) },
    {
      weight: 1,
      arbitrary: made(fc.constant([`HTTP/1.1 200 OK\r\nX-Tag: ${tag(n)}\r\n\r\n${tag(n)}`]), true, ['close']),
    },
    {
      weight: 1,
      arbitrary: made(fc.constant([`HTTP/1.1 200 OK\r\nX-Tag: ${tag(n)}\r\n\r\n${tag(n)}`]), false, ['reset']),
    },
    {
      weight: 2,
      arbitrary: made(
        inPieces(short.map(({ head, body }) => `HTTP/1.1 200 OK\r\nX-Tag: ${tag(n)}\r\n${head}\r\n\r\n${body}`)),
        false,
        ['close', 'reset'],
      ),
    },
    { weight: 1, arbitrary: made(fc.constant([]), false, ['close', 'reset']) },
    { weight: 5, arbitrary: made(inPieces(rudeAnswer(n)), null, ['stay', 'close', 'reset']) },
  );
}
