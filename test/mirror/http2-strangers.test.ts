/**
 * HTTP/2 from hostile clients and from failing primaries, through Envoy, as behind a target group that speaks HTTP/2.
 * The primary sees one whole request or nothing, no client takes an incomplete answer for a whole one, nobody hangs,
 * and the next stream gets its own answer. The embedded mirror refuses HTTP/2 (grpc.test.ts).
 */
import {
  type ClientHttp2Session,
  connect as connectHttp2,
  constants,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { END_HEADERS, END_STREAM, type Fields, frame, literals, PREFACE, played, TYPE } from './http2-frames.ts';
import { type MirrorProcess, PROXIES, portOf, startMirror } from './mirror-process.ts';

const GREETING = Buffer.concat([PREFACE, frame(TYPE.settings, 0, 0, Buffer.alloc(0))]);

const head = (path: string, more: Fields = [], method = 'GET'): Fields => [
  [':method', method],
  [':scheme', 'http'],
  [':path', path],
  [':authority', 'x'],
  ['x-request-id', path],
  ...more,
];
const whole = (fields: Fields) => frame(TYPE.headers, END_HEADERS | END_STREAM, 1, literals(fields));
const begins = (fields: Fields) => frame(TYPE.headers, END_HEADERS, 1, literals(fields));
const data = (text: string, last = true) => frame(TYPE.data, last ? END_STREAM : 0, 1, Buffer.from(text, 'latin1'));
const without = (name: string): Fields => head('/refused').filter(([field]) => field !== name);

/** Requests of which the primary never gets a whole one. */
const REFUSED: readonly (readonly [string, readonly Buffer[]])[] = [
  ['a length beyond its body', [begins(head('/refused', [['content-length', '9']], 'POST')), data('hello')]],
  ['a length within its body', [begins(head('/refused', [['content-length', '2']], 'POST')), data('hello')]],
  [
    'two lengths',
    [
      begins(
        head(
          '/refused',
          [
            ['content-length', '5'],
            ['content-length', '6'],
          ],
          'POST',
        ),
      ),
      data('hello'),
    ],
  ],
  ['a length that is no number', [begins(head('/refused', [['content-length', '0x5']], 'POST')), data('hello')]],
  ['a length of a request without a body', [whole(head('/refused', [['content-length', '5']], 'POST'))]],
  [
    'a transfer coding',
    [
      begins(head('/refused', [['transfer-encoding', 'chunked']], 'POST')),
      data('0\r\n\r\nGET /smuggled HTTP/1.1\r\n\r\n'),
    ],
  ],
  ['Connection', [whole(head('/refused', [['connection', 'close']]))]],
  ['an upgrade', [whole(head('/refused', [['upgrade', 'websocket']]))]],
  ['a name in upper case', [whole(head('/refused', [['X-Upper', 'a']]))]],
  ['a name with a colon', [whole(head('/refused', [['x:y', 'a']]))]],
  ['a name with a line end', [whole(head('/refused', [['x\r\nhost', 'a']]))]],
  ['a value with a line end', [whole(head('/refused', [['x-a', 'b\r\nx-c: d']]))]],
  ['a value with a line feed', [whole(head('/refused', [['x-a', 'b\nx-c: d']]))]],
  ['a value with NUL', [whole(head('/refused', [['x-a', 'b\0c']]))]],
  ['an empty name', [whole(head('/refused', [['', 'a']]))]],
  ['a path with a space', [whole(head('/refused HTTP/1.1\r\nx: y'))]],
  ['an empty path', [whole(head('/refused').map(([name, value]) => (name === ':path' ? [name, ''] : [name, value])))]],
  ['no path', [whole(without(':path'))]],
  ['no method', [whole(without(':method'))]],
  ['no scheme', [whole(without(':scheme'))]],
  ['two paths', [whole([[':path', '/a'], ...head('/refused')])]],
  ['two methods', [whole([[':method', 'GET'], ...head('/refused')])]],
  ['a pseudo field that nobody knows', [whole([[':evil', 'a'], ...head('/refused')])]],
  ['a pseudo field behind others', [whole(head('/refused', [[':authority', 'evil']]))]],
  ['an answer’s pseudo field', [whole([[':status', '200'], ...head('/refused')])]],
  ['a method with a space', [whole(head('/refused', [], 'GET /smuggled HTTP/1.1\r\n\r\nGET'))]],
  [
    'an authority with a line end',
    [whole(head('/refused').map(([n, v]) => (n === ':authority' ? [n, 'x\r\ny: z'] : [n, v])))],
  ],
  [
    'CONNECT',
    [
      whole([
        [':method', 'CONNECT'],
        [':authority', 'x:443'],
      ]),
    ],
  ],
  ['an extended CONNECT', [begins([[':protocol', 'websocket'], ...head('/refused', [], 'CONNECT')])]],
  [
    'trailers with a pseudo field',
    [begins(head('/refused', [], 'POST')), data('hello', false), whole([[':path', '/evil']])],
  ],
  [
    'a body that goes on behind trailers',
    [begins(head('/refused', [], 'POST')), data('hello', false), begins([['x-sum', '7']]), data('more')],
  ],
  [
    'a field of 200 kB',
    [
      frame(TYPE.headers, END_STREAM, 1, literals(head('/refused'))),
      ...Array.from({ length: 13 }, () => frame(TYPE.continuation, 0, 1, literals([['x', 'a'.repeat(16_000)]]))),
      frame(TYPE.continuation, END_HEADERS, 1, literals([['x', 'a']])),
    ],
  ],
];

/** Requests that are passed on, and what the primary gets. */
const PASSED: readonly (readonly [string, readonly Buffer[], (asked: Asked) => unknown, unknown])[] = [
  [
    'crumbs of a cookie',
    [
      whole(
        head('/passed', [
          ['cookie', 'a=1'],
          ['cookie', 'b=2'],
        ]),
      ),
    ],
    ({ fields }) => fields.cookie,
    'a=1; b=2',
  ],
  [
    'Host beside an authority: one of them',
    [whole(head('/passed', [['host', 'evil']]))],
    ({ fields }) => [fields[':authority'], fields.host],
    ['x', undefined],
  ],
  [
    'trailers without those that frame',
    [
      begins(head('/passed', [], 'POST')),
      data('hello', false),
      whole([
        ['host', 'evil'],
        ['x-shadow', '1'],
        ['x-sum', '7'],
      ]),
    ],
    ({ trailers }) => Object.entries(trailers),
    [['x-sum', '7']],
  ],
  [
    'a body in many frames, some of them empty',
    [
      begins(head('/passed', [['content-length', '5']], 'POST')),
      data('', false),
      data('hel', false),
      data('', false),
      data('lo'),
    ],
    ({ body }) => body,
    'hello',
  ],
  [
    '100 kB of fields in pieces',
    [
      frame(TYPE.headers, END_STREAM, 1, literals(head('/passed'))),
      ...Array.from({ length: 6 }, (_, i) =>
        frame(TYPE.continuation, 0, 1, literals([[`x-${i}`, 'a'.repeat(16_000)]])),
      ),
      frame(TYPE.continuation, END_HEADERS, 1, literals([['x-end', 'a']])),
    ],
    ({ fields }) => fields['x-5']?.length,
    16_000,
  ],
  ['`TE: trailers`', [whole(head('/passed', [['te', 'trailers']]))], ({ fields }) => fields.te, 'trailers'],
  [
    'a client’s marks as none',
    [
      whole(
        head('/passed', [
          ['x-shadow', '1'],
          ['x-crossfade-http2', '1'],
          ['x-envoy-retry-on', '5xx'],
        ]),
      ),
    ],
    ({ fields }) => Object.keys(fields).filter((name) => /shadow|crossfade|envoy/.test(name)),
    [],
  ],
];

interface Asked {
  readonly fields: IncomingHttpHeaders;
  readonly body: string;
  readonly trailers: IncomingHttpHeaders;
}

let refusals = 0;
function refusedOnce(stream: ServerHttp2Stream) {
  if (refusals++ === 0) stream.close(constants.NGHTTP2_REFUSED_STREAM);
  else {
    stream.respond({ ':status': 200 });
    stream.end('all');
  }
}

/** What the primary does with a stream, by path, and whether the client gets the whole answer or a cut one (or 502). */
const ANSWERS: Readonly<Record<string, readonly [(stream: ServerHttp2Stream) => unknown, 'whole' | 'cut']>> = {
  '/reset-after-all': [
    (stream) => {
      stream.respond({ ':status': 200 });
      stream.end('all', () => stream.close(constants.NGHTTP2_NO_ERROR));
    },
    'whole',
  ],
  '/reset-in-the-middle': [
    (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('half', () => setTimeout(() => stream.destroy(new Error('broken')), 50));
    },
    'cut',
  ],
  '/refused-once': [refusedOnce, 'whole'],
  '/reset-before': [(stream) => stream.close(constants.NGHTTP2_REFUSED_STREAM), 'cut'],
  '/shorter-than-said': [
    (stream) => {
      stream.respond({ ':status': 200, 'content-length': 10 });
      stream.end('half');
    },
    'cut',
  ],
  '/longer-than-said': [
    (stream) => {
      stream.respond({ ':status': 200, 'content-length': 2 });
      stream.end('more than all');
    },
    'cut',
  ],
  '/early-hints': [
    (stream) => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' });
      stream.respond({ ':status': 200 });
      stream.end('all');
    },
    'whole',
  ],
  '/goaway': [
    (stream) => {
      stream.session?.goaway(constants.NGHTTP2_NO_ERROR);
      stream.respond({ ':status': 200 });
      setTimeout(() => stream.end('all'), 50);
    },
    'whole',
  ],
  '/session-dies': [(stream) => stream.session?.destroy(), 'cut'],
  '/session-dies-in-the-middle': [
    (stream) => {
      stream.respond({ ':status': 200 });
      stream.write('half', () => setTimeout(() => stream.session?.destroy(), 50));
    },
    'cut',
  ],
};

describe.runIf(PROXIES.includes('envoy'))('HTTP/2 by Envoy', () => {
  const asked = new Map<string, Asked>();
  const primary = createServer();
  primary.on('sessionError', () => {});
  primary.on('stream', (stream: ServerHttp2Stream, fields: IncomingHttpHeaders) => {
    const path = String(fields[':path']);
    stream.on('error', () => {});
    const [play] = ANSWERS[path] ?? [];
    if (play !== undefined) return void play(stream);
    let [body, trailers]: [string, IncomingHttpHeaders] = ['', {}];
    stream.on('data', (chunk) => {
      body += chunk;
    });
    stream.once('trailers', (given) => {
      trailers = given;
    });
    stream.once('end', () => {
      asked.set(path, { fields, body, trailers });
      stream.respond({ ':status': 200 });
      stream.end('ok');
    });
  });
  let mirror: MirrorProcess;
  let bystander: ClientHttp2Session;
  beforeAll(async () => {
    const port = await portOf(primary);
    mirror = await startMirror('envoy', { stable: port, candidate: port, env: { MIRROR_SAMPLE_RATE: '0' } });
    bystander = connectHttp2(`http://127.0.0.1:${mirror.port}`);
  });
  afterAll(async () => {
    bystander.destroy();
    await mirror.stop();
  });
  const get = (session: ClientHttp2Session, path: string) =>
    new Promise<{ status: number; body: string; error?: string }>((resolve) => {
      // Nothing but a refusal allows to repeat a POST.
      const method = path === '/refused-once' ? 'POST' : 'GET';
      const stream = session.request({ ':path': path, ':authority': 'x', ':method': method });
      stream.end();
      let [status, body] = [0, ''];
      stream.once('response', (fields) => {
        status = Number(fields[':status']);
      });
      stream.on('data', (chunk) => {
        body += chunk;
      });
      stream.once('error', ({ message }) => resolve({ status, body, error: message }));
      stream.once('close', () =>
        resolve({ status, body, ...(stream.rstCode === 0 ? {} : { error: String(stream.rstCode) }) }),
      );
    });
  afterEach(async () => {
    expect(await get(bystander, '/witness')).toEqual({ status: 200, body: 'ok' });
    asked.clear();
  });
  const send = (frames: readonly Buffer[]) => played(mirror.port, [GREETING, ...frames]);

  it.each(REFUSED)('refuses %s', async (_name, frames) => {
    await send(frames);
    // Trailers and bodies are checked as they arrive: the head may already have been passed on, and then its stream is
    // reset.
    await get(bystander, '/witness');
    expect([...asked.keys()].filter((path) => path !== '/witness')).toEqual([]);
  });

  it.each(PASSED)('passes on %s', async (_name, frames, got, wanted) => {
    await send(frames);
    const seen = asked.get('/passed');
    expect(seen && got(seen)).toEqual(wanted);
  });

  it.each(Object.entries(ANSWERS).map(([path, [, is]]) => [path, is] as const))(
    'gives the answer %s as what it is: %s',
    async (path, is) => {
      const session = connectHttp2(`http://127.0.0.1:${mirror.port}`);
      const { status, body, error } = await get(session, path);
      session.destroy();
      if (is === 'whole') expect([status, body, error]).toEqual([200, 'all', undefined]);
      else expect(status === 502 || error !== undefined, `${status} ${body} ${error}`).toBe(true);
    },
  );

  it('serves other streams of a connection while one of them does not read', async () => {
    const session = connectHttp2(`http://127.0.0.1:${mirror.port}`);
    const stuck = session.request({ ':path': '/passed', ':authority': 'x' });
    stuck.pause();
    expect(await get(session, '/other')).toEqual({ status: 200, body: 'ok' });
    session.destroy();
  });
});
