/**
 * Conversations between a client, the mirror and its primary, drawn from a grammar of what is polite and what is not, in the manner of
 * https://github.com/narfindustries/http-garden. Each request and each answer carries a tag, so that whatever arrives says where it
 * belongs. Text is latin1: a character is a byte.
 */
import fc from 'fast-check';

/** What a service answers to one request. */
export interface Answer {
  readonly pieces: readonly string[];
  /** What becomes of the connection afterwards. */
  readonly end: 'stay' | 'close' | 'reset';
  /** Whether this is a whole answer by RFC 9112; null where that is anybody's guess. */
  readonly whole: boolean | null;
  /** Before the request's body is complete. */
  readonly early: boolean;
}

export interface Asked {
  readonly text: string;
  readonly method: string;
  readonly body: string;
}

export interface Conversation {
  /** Of a polite client, as it would send them; empty where nobody can say what the client asks. */
  readonly requests: readonly Asked[];
  /** How many of them it sends to their ends. */
  readonly sent: number;
  readonly pieces: readonly string[];
  /** What the client does once it has sent everything. */
  readonly end: 'stay' | 'half-close' | 'close' | 'reset';
  /** By the request's number. */
  readonly answers: readonly Answer[];
  readonly copyAnswers: readonly Answer[];
}

/** Stands in all texts for the conversation's own tag, which is as long. */
export const TAG = 'tag-000000';
/** Marks bytes beyond an answer's end: no client may ever get them. */
export const STOWAWAY = `${TAG}-77`;
const MOST_REQUESTS = 4;

const tag = (n: number) => `${TAG}-0${n}`;
const text = fc.string({ unit: fc.constantFrom(...'abcxyz 0159{}":,%-'), maxLength: 40 });
const size = fc.oneof(
  { weight: 12, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 20_000, 70_000) },
);

/** Cut anywhere, also between CR and LF. */
function inPieces(whole: fc.Arbitrary<string>): fc.Arbitrary<string[]> {
  return fc
    .tuple(whole, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 3 }))
    .map(([sent, shares]) => {
      const cuts = [...new Set(shares.map((share) => Math.floor(share * sent.length)))].sort((a, b) => a - b);
      return [...cuts, sent.length].map((cut, i) => sent.slice(cuts[i - 1] ?? 0, cut)).filter((piece) => piece !== '');
    });
}

/** What a fuzzer does to bytes: cuts out, doubles, flips, puts in. */
function mutated(whole: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const spices = [
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    ',',
    '\r\n',
    '\r\n\r\n',
    '0',
    'f',
    '\xff',
    ';',
    'chunked',
    '\u0001',
  ];
  const change = fc.record({
    kind: fc.constantFrom('out', 'twice', 'flip', 'in', 'swap'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.integer({ min: 1, max: 12 }),
    spice: fc.constantFrom(...spices),
  });
  return fc.tuple(whole, fc.array(change, { minLength: 1, maxLength: 3 })).map(([sent, changes]) =>
    changes.reduce((now, { kind, at, length, spice }) => {
      const from = Math.floor(at * now.length);
      const [before, part, rest] = [now.slice(0, from), now.slice(from, from + length), now.slice(from + length)];
      if (kind === 'out') return before + rest;
      if (kind === 'twice') return before + part + part + rest;
      if (kind === 'in') return before + spice + part + rest;
      if (kind === 'swap') return before + spice + rest;
      return before + String.fromCharCode((now.charCodeAt(from) || 0) ^ (1 << (length % 8))) + now.slice(from + 1);
    }, sent),
  );
}

const chunked = (body: string, extension = '', trailers = '') =>
  `${body === '' ? '' : `${body.length.toString(16)}${extension}\r\n${body}\r\n`}0\r\n${trailers}\r\n`;

const extension = fc.constantFrom('', ';a', ';a=b', ';q="x"');
const trailers = fc.constantFrom('', 'X-Sum: 7\r\n', 'X-Sum: 7\r\nX-Other: \xe9\r\n');

const politeField = fc.oneof(
  text.map((value) => `X-A: ${value.trim()}`),
  fc.constantFrom(
    'Accept-Encoding: gzip, br',
    'Cookie: a=b; c=d',
    'Authorization: Bearer abc',
    'Connection: keep-alive',
    'Connection: X-A',
    'TE: trailers',
    'X-Empty:',
    'X-Obs: \xe9\xff',
    'x-request-id: 7',
    'Traceparent: 00-zz',
    'X-Crossfade-Timing: 5',
    'X-Crossfade-Http2: 1',
    'X-Crossfade-Failed: x',
    'X-Shadow: 1',
    'Upgrade: h2c',
    'Via: 1.0 fred, 1.1 p.example.net',
  ),
  size.map((bytes) => `X-Big: ${'b'.repeat(bytes)}`),
);

/** A request that every server must understand, and in one way. */
function politeRequest(n: number): fc.Arbitrary<Asked> {
  const framing = fc.oneof(
    fc.constant({ fields: '', body: '', bytes: '' }),
    fc.tuple(text, size).map(([start, more]) => {
      const body = `${start}${tag(n)}${'b'.repeat(more)}`;
      return { fields: `Content-Length: ${body.length}\r\n`, body, bytes: body };
    }),
    fc.tuple(text, extension, trailers).map(([start, ext, tail]) => {
      const body = `${start}${tag(n)}`;
      return { fields: 'Transfer-Encoding: chunked\r\n', body, bytes: chunked(body, ext, tail) };
    }),
  );
  return fc
    .record({
      method: fc.constantFrom('GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PURGE'),
      target: fc.constantFrom('', '?a=%00&b', '//x/../y', '/%2f', '?q={"a":1}', '/%C3%A9'),
      fields: fc.array(politeField, { maxLength: 5 }),
      expects: fc.boolean(),
      framing,
    })
    .map(({ method, target, fields, expects, framing: { fields: framed, body, bytes } }) => {
      const bare = method === 'GET' || method === 'HEAD' || method === 'OPTIONS';
      const lines = [`Host: x`, ...fields, ...(expects && !bare && body !== '' ? ['Expect: 100-continue'] : [])];
      const head = `${method} /${tag(n)}${target} HTTP/1.1\r\n${lines.join('\r\n')}\r\n`;
      return { method, body: bare ? '' : body, text: bare ? `${head}\r\n` : `${head}${framed}\r\n${bytes}` };
    });
}

const LINES: readonly string[] = [
  `GET /${tag(0)} HTTP/1.1`,
  `get /${tag(0)} HTTP/1.1`,
  `GET  /${tag(0)}  HTTP/1.1`,
  `GET /${tag(0)} HTTP/1.0`,
  `GET /${tag(0)} HTTP/0.9`,
  `GET /${tag(0)}`,
  `GET /${tag(0)} HTTP/2.0`,
  `GET /${tag(0)} HTTP/1.2`,
  `GET /${tag(0)} HTTP/1.1 `,
  `GET /${tag(0)}\tHTTP/1.1`,
  `GET /${tag(0)} x HTTP/1.1`,
  `GET /${tag(0)}\0 HTTP/1.1`,
  `GET /${tag(0)}\xe9 HTTP/1.1`,
  `GET http://other/${tag(0)} HTTP/1.1`,
  `GET http://a@b:99999/${tag(0)} HTTP/1.1`,
  `GET x://${tag(0)} HTTP/1.1`,
  `GET ${tag(0)} HTTP/1.1`,
  'OPTIONS * HTTP/1.1',
  `CONNECT ${tag(0)}:443 HTTP/1.1`,
  `CONNECT /${tag(0)} HTTP/1.1`,
  `TRACE /${tag(0)} HTTP/1.1`,
  `POST /${tag(0)} HTTP/1.1`,
  `POST /${tag(0)} HTTP/1.1`,
  `P\xd6ST /${tag(0)} HTTP/1.1`,
  `/${tag(0)} HTTP/1.1`,
  `\r\n\r\nGET /${tag(0)} HTTP/1.1`,
  `\nGET /${tag(0)} HTTP/1.1`,
  `PRI * HTTP/2.0`,
  `GET /${'p'.repeat(70_000)}${tag(0)} HTTP/1.1`,
];

const RUDE_FIELDS: readonly string[] = [
  'Host: x',
  'Host: a\r\nHost: b',
  'Host: a,b',
  'Host:',
  'Host : x',
  ' Host: x',
  'X-Fold: a\r\n b',
  'X-Fold: a\r\n\tb: c',
  'X-Nul: a\0b',
  'X-Cr: a\rb: c',
  'X-Lf: a\nX-Inner: b',
  'X-No-Colon',
  ': no name',
  'X Space: a',
  'X-Tab\t: a',
  'X-\xe9: a',
  'X-Control: \u0001\u007f',
  'Content-Length: 5',
  'Content-Length: 5\r\nContent-Length: 5',
  'Content-Length: 5\r\nContent-Length: 6',
  'Content-Length: 5, 5',
  'Content-Length: +5',
  'Content-Length: -5',
  'Content-Length: 0x5',
  'Content-Length: 05',
  'Content-Length: 5 5',
  'Content-Length: 18446744073709551621',
  'Content-Length:',
  'Content-Length\t: 5',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nContent-Length: 5',
  'Content-Length: 5\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
  'Transfer-Encoding: chunked, chunked',
  'Transfer-Encoding: gzip, chunked',
  'Transfer-Encoding: chunked, identity',
  'Transfer-Encoding: identity',
  'Transfer-Encoding: xchunked',
  'Transfer-Encoding:\tchunked',
  'Transfer-Encoding: chunked;a=b',
  'Transfer-Encoding: "chunked"',
  'Transfer-Encoding : chunked\r\nContent-Length: 5',
  'Transfer-Encoding:\r\n chunked',
  'Transfer-Encoding: \x0bchunked',
  'Transfer_Encoding: chunked',
  'transfer-encoding: CHUNKED',
  'Connection: Host, Content-Length, Transfer-Encoding, close',
  'Connection: upgrade\r\nUpgrade: websocket',
  'Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13',
  'Connection: upgrade\r\nUpgrade: \0, , websocket',
  'Connection: upgrade, http2-settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEA',
  'Upgrade: TLS/1.0',
  'Expect: 100-continue',
  'Expect: 200-maybe',
  'Trailer: Content-Length',
  'TE: \0',
  'Via: 1.1 crossfade-mirror-g',
  'X-Request-Id: \xff" <>',
  'Traceparent: 00-0-0-0',
  'X-Amzn-Trace-Id: Root=1-00000000-0000000000000000000000%',
  `X-64: ${'h'.repeat(66_000)}`,
  `X-200: ${'h'.repeat(200_000)}`,
  Array.from({ length: 3_000 }, (_, i) => `X-${i}: v`).join('\r\n'),
];

const RUDE_BODIES: readonly string[] = [
  '',
  'hello',
  'hello beyond',
  'hel',
  '5\r\nhello\r\n0\r\n\r\n',
  '5\nhello\n0\n\n',
  '5\r\nhello0\r\n\r\n',
  '5\r\nhello\r\n0\r\n',
  '5;\nGET /x\r\nhello\r\n0\r\n\r\n',
  '5 \r\nhello\r\n0\r\n\r\n',
  '5 ; q="x"\r\nhello\r\n0\r\n\r\n',
  ' 5\r\nhello\r\n0\r\n\r\n',
  '+5\r\nhello\r\n0\r\n\r\n',
  '0x5\r\nhello\r\n0\r\n\r\n',
  '-1\r\nhello\r\n0\r\n\r\n',
  '5_\r\nhello\r\n0\r\n\r\n',
  '\r\n0\r\n\r\n',
  'g\r\nhello\r\n0\r\n\r\n',
  '00000000000000000000000000005\r\nhello\r\n0\r\n\r\n',
  'ffffffffffffffff\r\nhello\r\n0\r\n\r\n',
  '10000000000000005\r\nhello\r\n0\r\n\r\n',
  `5;${'e'.repeat(20_000)}\r\nhello\r\n0\r\n\r\n`,
  '5\r\nhello\r\n0\r\nContent-Length: 9\r\nHost: y\r\n\r\n',
  '5\r\nhello\r\n0\r\nX: a\0\r\n\r\n',
  '5\r\nhello\r\n0\r\n folded\r\n\r\n',
  '5\r\nhello\r\n0\r\nno colon\r\n\r\n',
  `5\r\nhello\r\n0\r\nX: ${'t'.repeat(150_000)}\r\n\r\n`,
  `0\r\n\r\nGET /${STOWAWAY} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'SM\r\n\r\n\0\0\0\u0004\0\0\0\0\0\0\0\u0005\u0001\u0005\0\0\0\u0001\xff\xff\xff\xff\xff',
];

const rudeRequest: fc.Arbitrary<string> = fc
  .record({
    line: fc.oneof(
      { weight: 2, arbitrary: fc.constantFrom(`GET /${tag(0)} HTTP/1.1`, `POST /${tag(0)} HTTP/1.1`) },
      { weight: 2, arbitrary: fc.constantFrom(...LINES) },
    ),
    host: fc.constantFrom('Host: x\r\n', 'Host: x\r\n', 'Host: x\r\n', ''),
    fields: fc.array(fc.constantFrom(...RUDE_FIELDS), { maxLength: 3 }),
    ends: fc.constantFrom('\r\n', '\r\n', '\r\n', '\n', '\r'),
    body: fc.constantFrom(...RUDE_BODIES),
  })
  .map(({ line, host, fields, ends, body }) => {
    const head = `${line}\r\n${host}${fields.map((field) => `${field}\r\n`).join('')}\r\n`;
    return (ends === '\r\n' ? head : head.replaceAll('\r\n', ends)) + body;
  });

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

/** A whole answer, with the length at which it is complete. */
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

function answer(n: number): fc.Arbitrary<Answer> {
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

const numbers = Array.from({ length: MOST_REQUESTS }, (_, n) => n);
const answersOf = fc.tuple(...numbers.map(answer));

/** Asks as it should; the answers are anything. */
const polite: fc.Arbitrary<Conversation> = fc
  .integer({ min: 1, max: MOST_REQUESTS })
  .chain((count) => fc.tuple(...numbers.slice(0, count).map(politeRequest)))
  .chain((requests) =>
    fc.record({
      requests: fc.constant(requests),
      sent: fc.constant(requests.length),
      pieces: inPieces(fc.constant(requests.map((request) => request.text).join(''))),
      end: fc.constant('stay' as const),
      answers: answersOf,
      copyAnswers: answersOf,
    }),
  );

/** Asks anything, and leaves in any way. */
const rude: fc.Arbitrary<Conversation> = fc.record({
  requests: fc.constant([]),
  sent: fc.constant(0),
  pieces: inPieces(
    fc.oneof(
      { weight: 4, arbitrary: fc.tuple(rudeRequest, politeRequest(1)).map(([first, next]) => first + next.text) },
      { weight: 2, arbitrary: rudeRequest },
      { weight: 3, arbitrary: mutated(fc.tuple(politeRequest(0), politeRequest(1)).map(([a, b]) => a.text + b.text)) },
      { weight: 1, arbitrary: mutated(rudeRequest) },
      {
        weight: 1,
        arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map((s) => Buffer.from(s).toString('latin1')),
      },
    ),
  ),
  end: fc.constantFrom('stay', 'stay', 'half-close', 'close', 'reset'),
  answers: answersOf,
  copyAnswers: answersOf,
});

const conversation: fc.Arbitrary<Conversation> = fc.oneof(polite, rude);

/** The same seed draws the same conversations. */
export function conversations(seed: number, count: number): Conversation[] {
  return fc.sample(conversation, { seed, numRuns: count });
}

const SWEPT: readonly Asked[] = [
  { method: 'GET', body: '', text: `GET /${tag(0)} HTTP/1.1\r\nHost: x\r\nX-A: b\r\n\r\n` },
  {
    method: 'POST',
    body: tag(0),
    text: `POST /${tag(0)} HTTP/1.1\r\nHost: x\r\nContent-Length: 13\r\n\r\n${tag(0)}`,
  },
  {
    method: 'POST',
    body: tag(0),
    text: `POST /${tag(0)} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(tag(0), ';a=b', 'X-Sum: 7\r\n')}`,
  },
];
const OK: Answer = {
  pieces: [`HTTP/1.1 200 OK\r\nX-Tag: ${tag(0)}\r\nContent-Length: 2\r\n\r\nok`],
  end: 'stay',
  whole: true,
  early: false,
};

/** A client that leaves after each byte of its request, in each way. */
export function leavingClients(): Conversation[] {
  return SWEPT.flatMap((request) =>
    Array.from(request.text).flatMap((_, at) =>
      (['close', 'reset'] as const).map((end) => ({
        requests: [request],
        sent: 0,
        pieces: at === 0 ? [] : [request.text.slice(0, at)],
        end,
        answers: [OK],
        copyAnswers: [OK],
      })),
    ),
  );
}

const SWEPT_ANSWERS: readonly string[] = [
  `HTTP/1.1 200 OK\r\nX-Tag: ${tag(0)}\r\nContent-Length: 13\r\n\r\n${tag(0)}`,
  `HTTP/1.1 200 OK\r\nX-Tag: ${tag(0)}\r\nTransfer-Encoding: chunked\r\n\r\n${chunked(tag(0), ';a=b', 'X-Sum: 7\r\n')}`,
  `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 404 Not Found\r\nX-Tag: ${tag(0)}\r\nContent-Length: 1\r\n\r\nx`,
];

/** A primary that leaves after each byte of its answer, in each way. */
export function leavingPrimaries(): Conversation[] {
  const request: Asked = { method: 'GET', body: '', text: `GET /${tag(0)} HTTP/1.1\r\nHost: x\r\n\r\n` };
  return SWEPT_ANSWERS.flatMap((text) =>
    Array.from(text).flatMap((_, at) =>
      (['close', 'reset'] as const).map((end) => ({
        requests: [request],
        sent: 1,
        pieces: [request.text],
        end: 'stay' as const,
        answers: [{ pieces: at === 0 ? [] : [text.slice(0, at)], end, whole: false, early: false }],
        copyAnswers: [OK],
      })),
    ),
  );
}
