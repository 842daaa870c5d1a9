/** Requests from access logs, each in the format of one server or load balancer. */
import { describe, expect, it } from 'vitest';
import { textRequests } from '../../cli/compare/contract/requests/texts/index.ts';
import { temporaryFolder } from '../support/folder.ts';

const { file } = temporaryFolder();
const COMMON = '203.0.113.9 - - [25/Nov/2026:12:00:00 +0000]';
const json = (value: unknown) => JSON.stringify(value);

/** Log format, lines, and what is sent: method, target, and the user agent if the log records it. */
const LOGS: readonly (readonly [string, string, readonly string[]])[] = [
  ['nginx, combined', `${COMMON} "GET /a?x=1 HTTP/1.1" 200 12 "-" "agent/1"`, ['GET /a?x=1 agent/1']],
  [
    'nginx with a host before and times behind',
    `shop:443 ${COMMON} "GET /v HTTP/2.0" 200 1 "-" "ag \\"q\\"" 0.003`,
    ['GET /v ag "q"'],
  ],
  ['bytes that nginx escapes', `${COMMON} "GET /a\\x22b?q=\\xC3\\xBC HTTP/1.1" 200 1 "-" "-"`, ['GET /a%22b?q=%C3%BC']],
  ['dots as they came in', `${COMMON} "GET /a/../b HTTP/1.1" 200 1 "-" "-"`, ['GET /a/../b']],
  ['Apache, common', `${COMMON} "HEAD /b HTTP/1.0" 304 -`, ['HEAD /b']],
  [
    'a classic load balancer',
    '2015-05-13T23:39:43.945958Z lb 192.0.2.39:2817 10.0.0.1:80 0 0 0 200 200 0 29 "GET http://shop.example:80/e?x=1 HTTP/1.1" "curl/7" - -',
    ['GET /e?x=1 curl/7'],
  ],
  [
    'Envoy',
    '[2016-04-15T20:17:00.310Z] "GET /e HTTP/2" 204 - 154 0 226 100 "10.0.35.28" "agent" "cc21d9b0" "shop" "tcp://10.0.2.1:80"',
    ['GET /e agent'],
  ],
  [
    'Istio',
    '[2020-11-25T21:26:18.409Z] "GET /i HTTP/1.1" 418 - via_upstream - "-" 0 135 3 1 "-" "agent" "84961386" "shop:80" "-" inbound default',
    ['GET /i agent'],
  ],
  [
    'HAProxy',
    'haproxy[1]: 10.0.1.2:3 [06/Feb/2026:12:14:14.655] in srv/1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /h HTTP/1.1"',
    ['GET /h'],
  ],
  [
    'gin, morgan and Rails',
    '[GIN] 2026/11/24 | 200 | 1ms | 127.0.0.1 | GET      "/g?x=1"\n\u001b[0mGET /m \u001b[32m200\u001b[0m 3 ms - 2\nStarted GET "/r" for 127.0.0.1',
    ['GET /g?x=1', 'GET /m', 'GET /r'],
  ],
  [
    'Caddy',
    json({
      request: { method: 'GET', host: 'x', uri: '/c?x=1', headers: { 'User-Agent': ['agent'], Cookie: ['REDACTED'] } },
      status: 200,
    }),
    ['GET /c?x=1 agent'],
  ],
  ['Traefik', json({ RequestMethod: 'GET', RequestPath: '/t', 'request_User-Agent': 'agent' }), ['GET /t agent']],
  [
    'nginx as JSON',
    `${json({ request: 'GET /n HTTP/1.1', http_user_agent: 'agent' })}\n${json({ request_method: 'GET', uri: '/u', args: 'a=1' })}`,
    ['GET /n agent', 'GET /u?a=1'],
  ],
  [
    'Google’s load balancer',
    json({ httpRequest: { requestMethod: 'GET', requestUrl: 'https://shop.example/g' } }),
    ['GET /g'],
  ],
  [
    'a container’s runtime, around the lines of another',
    json({ log: `${COMMON} "GET /d HTTP/1.1" 200 2 "-" "agent"\n`, stream: 'stdout' }),
    ['GET /d agent'],
  ],
  [
    'pairs of keys and values',
    'time="2026-11-25" level=info method=GET path="/l?x=1" status=200\nat=info method=GET path=/h host=h',
    ['GET /l?x=1', 'GET /h'],
  ],
  [
    'the Elastic Common Schema',
    json({
      http: { request: { method: 'GET' } },
      url: { original: '/e?x=1', path: '/e' },
      user_agent: { original: 'agent' },
    }),
    ['GET /e?x=1 agent'],
  ],
  ['Logstash', json({ verb: 'GET', request: '/s?x=1', response: '200', agent: 'agent' }), ['GET /s?x=1 agent']],
  [
    'functions behind a gateway',
    json({ httpMethod: 'GET', path: '/f', queryStringParameters: { a: 'b c' } }),
    ['GET /f?a=b+c'],
  ],
  ['quotes in an agent', `${COMMON} "GET /q HTTP/1.1" 200 1 "-" "a \\x22b\\x22"`, ['GET /q a "b"']],
  [
    'CloudFront',
    '#Version: 1.0\n#Fields: date time cs-method cs-uri-stem cs(User-Agent) cs-uri-query\n2026\t21\tGET\t/index.html\tA%20B\ta=1\n2026\t21\tHEAD\t/b\t-\t-',
    ['GET /index.html?a=1 A B', 'HEAD /b'],
  ],
  [
    'IIS',
    '#Fields: date cs-method cs-uri-stem cs-uri-query cs(User-Agent)\n2026 GET /i.aspx id=1 A+B',
    ['GET /i.aspx?id=1 A B'],
  ],
];

const read = async (text: string) =>
  (
    textRequests({ named: 'files', file: await file(text, 'access.log'), source: 0, routes: [], values: new Map() }) ??
    []
  ).map((one) =>
    'skipped' in one
      ? one.skipped
      : [
          one.method,
          one.target,
          ...one.headers.flatMap(([name, value]) => (/^user-agent$/i.test(name) ? [value] : [])),
        ].join(' '),
  );

describe('an access log', () => {
  it.each(LOGS)('of %s tells its requests', async (_, lines, requests) => {
    expect(await read(`${lines}\n`)).toEqual(requests);
  });

  it('holds no bodies, so that a POST of it is not sent', async () => {
    expect(await read(`${COMMON} "GET /a HTTP/1.1" 200 1\n${COMMON} "POST /orders HTTP/1.1" 201 1 "-" "-"\n`)).toEqual([
      'GET /a',
      expect.stringContaining('an access log holds no body of a POST'),
    ]);
  });

  it('holds requests that ask for no path, which are not sent', async () => {
    const lines = ['GET /a', 'OPTIONS *', 'CONNECT h:443'].map((line) => `${COMMON} "${line} HTTP/1.1" 200 1`);
    expect(await read(lines.join('\n'))).toEqual([
      'GET /a',
      'the request target is not a path',
      'the request target is not a path',
    ]);
  });

  it('repeats no login that a log holds', async () => {
    const line = json({
      req: { method: 'GET', url: '/p', headers: { authorization: 'Bearer s3cret', accept: 'text/html' } },
    });
    const [request] =
      textRequests({ named: 'files', file: await file(line, 'pino.log'), source: 0, routes: [], values: new Map() }) ??
      [];
    expect(request).toMatchObject({ target: '/p', headers: [['accept', 'text/html']] });
  });
});
