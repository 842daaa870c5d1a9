/**
 * Requests as strangers write them: each is refused, or passed on with its only meaning, and what follows it on the
 * connection is never taken for another request.
 */
import { get, post, SOCKET } from './stage.ts';

/** What the client must get, and what the head that the primary receives must match, if it receives one. */
export interface Odd {
  readonly name: string;
  readonly request: string;
  readonly gets: RegExp;
  readonly head?: RegExp;
  readonly not?: RegExp;
  /** How many requests may reach the primary at most. */
  readonly most?: number;
  /** Methods of the requests that are answered. @default - one GET */
  readonly methods?: readonly string[];
}

const odd = (name: string, request: string, gets: RegExp, more: Partial<Odd> = {}): Odd => ({
  name,
  request,
  gets,
  ...more,
});
const REFUSED = /^4\d\d|^50[15]/;
const EITHER = /^200 |^4\d\d|^501/;
const EVIL = 'GET /smuggled HTTP/1.1\r\nHost: evil\r\n\r\n';
const OK = (body = '') => new RegExp(`^200 [\\w-]+:${body}$`);
const host = (value: string) => get().replace('Host: x', `Host: ${value}`);
const line = (text: string) => get().replace('GET PATH HTTP/1.1', text);
const chunks = (rest: string, coding = 'Transfer-Encoding: chunked\r\n') => post(rest, coding);
const LONG = `PATH?${'q=1&'.repeat(15_000)}`;

export const ODD_REQUESTS: readonly Odd[] = [
  // Expect
  odd('Expect without a body', post('', 'Expect: 100-continue\r\nContent-Length: 0\r\n'), OK()),
  odd(
    'Expect in capitals, with its body at once',
    post('hello', 'EXPECT: 100-CONTINUE\r\nContent-Length: 5\r\n'),
    OK('hello'),
  ),
  odd('Expect of something else', post('hello', 'Expect: tea\r\nContent-Length: 5\r\n'), /^200 POST:hello|^417/),
  odd('Expect with GET', get('Expect: 100-continue\r\n'), OK()),
  odd(
    'Expect in chunks',
    chunks('2\r\nhi\r\n0\r\n\r\n', 'Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n'),
    OK('hi'),
  ),
  odd(
    'an expectation beside odd bytes',
    post('hello', 'Expect: 100-continue\r\nX-U: \xff\xe9\r\nContent-Length: 5\r\n'),
    OK('hello'),
    { head: /^x-u: \xff\xe9$/im },
  ),
  // Upgrade
  odd('an Upgrade that Connection does not name', get('Upgrade: websocket\r\n'), /^200 GET:|^400/, {
    not: /^upgrade:/im,
  }),
  odd('a Connection that names an Upgrade that is not there', get('Connection: Upgrade\r\n'), OK(), {
    not: /^upgrade:/im,
  }),
  odd('an Upgrade to TLS', get('Connection: Upgrade\r\nUpgrade: TLS/1.0\r\n'), OK(), { not: /^upgrade:/im }),
  odd('an Upgrade to h2c without settings', get('Connection: Upgrade\r\nUpgrade: h2c\r\n'), OK(), {
    not: /^upgrade:/im,
  }),
  odd('an Upgrade to a word that begins as websocket', get('Connection: Upgrade\r\nUpgrade: websocket2\r\n'), OK(), {
    not: /^upgrade:/im,
  }),
  odd('an empty Upgrade', get('Connection: Upgrade\r\nUpgrade: \r\n'), EITHER),
  // Targets
  odd('a target of 60 kB', get().replace('PATH', LONG), OK(), { head: /^GET \S{60000}/ }),
  odd('dots, slashes and escapes', get().replace('PATH', 'PATH/..//./%2e%2E/%00/%zz;a=b/?%'), OK(), {
    head: /^GET \S*\/\.\.\/\/\.\/%2e%2E\/%00\/%zz;a=b\/\?% HTTP/,
  }),
  odd('marks that URLs should not have', get().replace('PATH', `PATH?a[]=<>"'|{}^\`&b=\\`), EITHER, {
    head: /\?a\[\]=<>"'\|\{\}\^`&b=\\ HTTP/,
  }),
  odd('a query without a path', line('GET ?x=1 HTTP/1.1'), REFUSED),
  odd('an absolute target in IPv6', line('GET http://[::1]:80PATH HTTP/1.1'), OK(), { head: /^host: \[::1\]:80$/im }),
  odd('an absolute target in capitals', line('GET HTTP://XPATH HTTP/1.1'), OK(), { head: /^host: X$/im }),
  odd('an absolute target without a host', line('GET http://PATH HTTP/1.1'), EITHER),
  odd('an absolute target with three slashes', line('GET http:///PATH HTTP/1.1'), REFUSED),
  odd('an absolute target of https', line('GET https://xPATH HTTP/1.1'), EITHER, {
    head: /^GET \/\S+ HTTP[\s\S]*^host: x$/im,
  }),
  // Lines
  odd('two spaces in the line (RFC 9112, 3, allows to take them for one)', line('GET  PATH HTTP/1.1'), EITHER, {
    head: /^GET \/\S+ HTTP/,
  }),
  odd('a space at the end of the line', line('GET PATH HTTP/1.1 '), EITHER),
  odd('tabs in the line', line('GET\tPATH\tHTTP/1.1'), EITHER, { head: /^GET \/\S+ HTTP/ }),
  odd('HTTP/1.10', line('GET PATH HTTP/1.10'), REFUSED),
  odd('HTTP/11', line('GET PATH HTTP/11'), REFUSED),
  odd('a second carriage return', line('GET PATH HTTP/1.1\r'), EITHER),
  odd('a tab before a colon', get('X-A\t: b\r\n'), REFUSED),
  odd('a comma in a name', get('X,A: b\r\n'), REFUSED),
  odd('a name in quotes', get('"X-A": b\r\n'), REFUSED),
  // Methods
  ...['PROPFIND', 'M-SEARCH', 'PURGE', 'REPORT', 'UNLINK'].map((method) =>
    odd(method, line(`${method} PATH HTTP/1.1`), OK(), { head: new RegExp(`^${method} `) }),
  ),
  odd('get', line('get PATH HTTP/1.1'), /^200 get:|^4/),
  odd('a method of 2,000 letters', line(`${'A'.repeat(2_000)} PATH HTTP/1.1`), EITHER),
  odd('a method with a hash sign', line('G#T PATH HTTP/1.1'), /^200 |^4/),
  odd('DELETE with a body', post('hello').replace('POST', 'DELETE'), /^200 DELETE:hello$/),
  // Lengths
  ...['5,', '"5"', '5;', '5.0', '1e1', '\xd9\xa5', '5\t5', '05 ', '0x5', '5_0', ' \t5'].map((length) =>
    odd(
      `a length of ${JSON.stringify(length)}`,
      `${post('hello', `Content-Length: ${length}\r\n`)}${EVIL}`,
      /^4|^200 POST:hello/,
      { most: 2 },
    ),
  ),
  // Codings
  odd('a tab before the coding', chunks('2\r\nhi\r\n0\r\n\r\n', 'Transfer-Encoding:\tchunked\r\n'), OK('hi')),
  odd(
    'spaces after the coding',
    chunks('2\r\nhi\r\n0\r\n\r\n', 'Transfer-Encoding: chunked \t \r\n'),
    /^200 POST:hi$|^400/,
  ),
  ...[
    'chunkedchunked',
    'c hunked',
    '\x00chunked',
    'chunked\x0c',
    'deflate',
    'chunked;',
    'chunked, x',
    ',chunked',
    'chunked\xa0',
    "'chunked'",
    'chunk',
    'trailers',
  ].map((coding) =>
    odd(
      `the coding ${JSON.stringify(coding)}`,
      chunks(`0\r\n\r\n${EVIL}`, `Transfer-Encoding: ${coding}\r\n`),
      REFUSED,
      { most: 0 },
    ),
  ),
  ...[
    'Transfer\tEncoding',
    'Transfer-Encoding\x0b',
    'Transfer Encoding',
    '\x00Transfer-Encoding',
    'Transfer-Encoding\x00',
  ].map((name) =>
    odd(
      `a coding by the name ${JSON.stringify(name)}`,
      post(`0\r\n\r\n${EVIL}`, `Content-Length: ${5 + EVIL.length}\r\n${name}: chunked\r\n`),
      REFUSED,
      { most: 0 },
    ),
  ),
  ...['TE', 'X-Transfer-Encoding', 'Content-Transfer-Encoding', 'Transfer-Encodin', 'ransfer-Encoding'].map((name) =>
    odd(
      `a length beside ${name}: chunked`,
      post('0\r\n\r\n', `${name}: chunked\r\nContent-Length: 5\r\n`),
      /^200 POST:0$/,
    ),
  ),
  odd(
    'a coding in the trailers',
    chunks('0\r\nTransfer-Encoding: chunked\r\nContent-Length: 50\r\n\r\n'),
    /^200 POST:$|^400/,
    { most: 1 },
  ),
  // Chunks
  odd('capital digits', chunks(`A\r\n0123456789\r\n0\r\n\r\n`), OK('0123456789')),
  odd('many zeros as the last chunk', chunks('2\r\nhi\r\n0000\r\n\r\n'), OK('hi')),
  odd('chunks behind the last', `${chunks('2\r\nhi\r\n0\r\n\r\n')}3\r\nfoo\r\n0\r\n\r\n`, OK('hi'), { most: 1 }),
  odd('a space behind a size', chunks('2 \r\nhi\r\n0\r\n\r\n'), EITHER),
  odd('a tab before an extension', chunks('2\t;a\r\nhi\r\n0\r\n\r\n'), EITHER),
  odd('an empty extension', chunks('2;\r\nhi\r\n0\r\n\r\n'), EITHER),
  odd('an extension of 20 kB', chunks(`2;${'a'.repeat(20_000)}\r\nhi\r\n0\r\n\r\n`), EITHER),
  odd('an extension with a line in its quotes', chunks('2;a="\r\nhi\r\n0\r\n\r\n'), EITHER),
  odd('no line end behind the data', chunks(`2\r\nhiX\r\n0\r\n\r\n${EVIL}`), EITHER, { most: 2 }),
  // With Envoy, the chunk's data ends with a carriage return and its line with a bare line feed, which Envoy accepts
  // (mirror.md).
  odd('a chunk one byte short', chunks('3\r\nhi\r\n0\r\n\r\n'), EITHER, { most: 1 }),
  odd('a size of nothing', chunks(`\r\nhi\r\n0\r\n\r\n${EVIL}`), REFUSED, { most: 0 }),
  odd('an empty line before the first size', chunks(`\r\n\r\n2\r\nhi\r\n0\r\n\r\n${EVIL}`), REFUSED, { most: 0 }),
  odd('a thousand chunks of one byte', chunks(`${'1\r\nx\r\n'.repeat(1_000)}0\r\n\r\n`), /^200 1005$/),
  // Hosts
  ...['[::1]:8080', 'EXAMPLE.com', 'x.', 'a_b.example', 'xn--bcher-kva.example', '127.0.0.1:80', 'x:'].map((name) =>
    odd(`Host: ${name}`, host(name), /^200 |^400/, {
      head: new RegExp(`^host: ${name.replace(/[[\].]/g, '\\$&')}$`, 'im'),
    }),
  ),
  odd('an empty Host', host(''), /^200 |^400/, { head: /^host: ?$/im }),
  ...['[::1', 'u@x', 'x#y', 'x?y', 'x\\y', 'x%00', '<x>', 'x:80:80', 'x\ty', 'x;y', 'x:abc'].map((name) =>
    odd(`Host: ${JSON.stringify(name)}`, host(name), /^400|^200 /, {
      head: new RegExp(`^host: ${name.replace(/[\\[\].?]/g, '\\$&')}$`, 'im'),
    }),
  ),
  odd('a Host in HTTP/1.0 that is none', get('', '1.0').replace('Host: x\r\n', ''), EITHER),
  odd(
    'a Host behind two thousand fields',
    get().replace('Host: x\r\n', `${'X-A: b\r\n'.repeat(2_000)}Host: x\r\n`),
    /^200 |^431/,
  ),
  // Fields
  odd('two Cookies', get('Cookie: a=1\r\nCookie: b=2\r\n'), OK(), { head: /a=1(?:; |\ncookie: )b=2/i }),
  odd('a Cookie of odd bytes', get('Cookie: a="b\xff,;\\"; =x; c; d==; {e}=f\r\n'), OK(), {
    head: /^cookie: a="b\xff,;\\"; =x; c; d==; \{e\}=f$/im,
  }),
  odd('an empty value', get('X-Empty:\r\n'), OK(), { head: /^x-empty: ?$/im }),
  odd('a tab within a value', get('X-Tab: a\tb\r\n'), OK(), { head: /^x-tab: a\tb$/im }),
  odd('spaces around a value', get('X-Space: \t a b \t\r\n'), OK(), { head: /^x-space: a b$/im }),
  odd('a value of UTF-8', get('X-U: \xc3\xa9\xe2\x82\xac\r\n'), OK(), { head: /^x-u: \xc3\xa9\xe2\x82\xac$/im }),
  odd('fields that Connection names', get('Connection: close, X-Hop\r\nX-Hop: 1\r\nX-Stays: 1\r\n'), OK(), {
    head: /^x-stays: 1$/im,
    not: /^x-hop/im,
  }),
  odd('fields of a hop', get('Keep-Alive: timeout=5\r\nProxy-Connection: keep-alive\r\n'), OK(), {
    not: /^(?:keep-alive|proxy-connection)/im,
  }),
  odd('TE', get('Connection: TE\r\nTE: trailers, gzip\r\n'), OK(), { not: /^te:.*gzip/im }),
  odd('a range', get('Range: bytes=0-1, -5\r\nIf-Range: "x"\r\n'), OK(), { head: /^range: bytes=0-1, -5$/im }),
  odd('Max-Forwards', line('OPTIONS PATH HTTP/1.1').replace('Host', 'Max-Forwards: 0\r\nHost'), /^200 /),
  odd('a Via that nobody can read', get('Via: ,,;"\r\n'), OK()),
  odd('an empty id', get('X-Request-Id:\r\n'), OK()),
  odd('an id of 8 kB', get(`X-Request-Id: ${'i'.repeat(8_000)}\r\n`), OK(), { head: /^x-request-id: i{8000}$/im }),
  odd('the mark of a copy, twice and in capitals', get('X-SHADOW: 1\r\nx-shadow: 2\r\n'), OK(), { not: /^x-shadow/im }),
  odd('a traceparent that is none', get('traceparent: garbage\r\n'), OK(), { head: /^traceparent: garbage$/im }),
  odd('an X-Forwarded-For that is none', get('X-Forwarded-For: \xff, unknown, _x\r\n'), OK(), {
    head: /^x-forwarded-for: \xff, unknown, _x$/im,
  }),
  odd('an X-Forwarded-Proto that is none', get('X-Forwarded-Proto: gopher\r\n'), OK(), {
    head: /^x-forwarded-proto: gopher$/im,
  }),
  odd('fields with an underscore beside those with a hyphen', get('X_Request_Id: a\r\nContent_Length: 5\r\n'), OK(), {
    head: /^x_request_id: a$/im,
  }),
  // Several
  odd(
    'three uploads at once',
    post('one') + post('two') + post('three'),
    /^200 POST:one\|200 POST:two\|200 POST:three$/,
    { methods: ['POST', 'POST', 'POST'] },
  ),
  odd('HEAD, GET, HEAD', get().replace('GET', 'HEAD') + get() + get().replace('GET', 'HEAD'), /^200\|200 GET:\|200$/, {
    methods: ['HEAD', 'GET', 'HEAD'],
  }),
  odd(
    'an expectation, and what follows its body: where no 100 was said, the connection may end',
    post('hello', 'Expect: 100-continue\r\nContent-Length: 5\r\n') + get(),
    /^200 POST:hello(?:\|200 GET:)?$/,
    { methods: ['POST', 'GET'] },
  ),
  odd('a handshake that is refused, and what follows it', get(SOCKET) + get(), /^200/),
];
