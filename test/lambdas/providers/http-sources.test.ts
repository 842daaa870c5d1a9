import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ingressIdSchema } from '../../../core/model/ids.ts';
import { parsePlan } from '../../../core/model/plan.ts';
import { askedSource } from '../../../lambdas/providers/asked-source.ts';
import { httpCaller, lambdaCaller } from '../../../lambdas/providers/callers.ts';
import { datadogSource } from '../../../lambdas/providers/datadog.ts';
import { planHooks } from '../../../lambdas/providers/hooks.ts';
import { prometheusSource } from '../../../lambdas/providers/prometheus.ts';
import { noCredentials, secretOf } from '../../../lambdas/providers/secrets.ts';
import type { PointSource } from '../../../lambdas/providers/source.ts';
import { awsClient } from '../../support/aws-client.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';
import { CUTOVER } from '../../support/memory-world.ts';

const MINUTE = 60_000;
const FROM = Date.UTC(2026, 10, 24, 8);
const RANGE = { from: FROM, to: FROM + 3 * MINUTE };
const ASKED = { metric: 'orders', side: 'candidate', part: 'numerator' } as const;
const INGRESS = ingressIdSchema.parse('gateway');
/** Far longer than an answer takes. Tests of a source that hangs use less. */
const timeoutSeconds = 10;

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** Starts a server on this machine that answers as the test says. */
async function serving(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('utf8');
    });
    request.on('end', () => answer(request, response, body));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const json =
  (value: unknown): Answer =>
  (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));

const KINDS: Readonly<Record<string, (url: string, seconds?: number) => PointSource>> = {
  prometheus: (url, seconds = timeoutSeconds) => prometheusSource({ url, timeoutSeconds: seconds }, noCredentials),
  datadog: (url, seconds = timeoutSeconds) => datadogSource({ url, timeoutSeconds: seconds }, noCredentials),
  http: (url, seconds = timeoutSeconds) =>
    askedSource(INGRESS, httpCaller({ url, timeoutSeconds: seconds }, noCredentials)),
};

describe.each(Object.entries(KINDS))('a provider of kind %s', (_kind, sourceAt) => {
  const ask = async (answer: Answer) => sourceAt(await serving(answer))('query', RANGE, ASKED);

  it.each<[string, Answer, RegExp]>([
    ['that closes', (q) => void q.socket.destroy(), /could not be reached/],
    ['that fails', (_q, r) => void r.writeHead(503).end('no'), /status 503/],
    ['that redirects', (_q, r) => void r.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /not be reached/],
    ['that is another service', (_q, r) => void r.end('<html>'), /not JSON/],
    ['that answers garbage', json({ points: 'many' }), /answer/],
    ['that answers a list', json([]), /answer/],
    [
      'that redirects to itself for ever',
      (q, r) => void r.writeHead(307, { location: `http://${q.headers.host}${q.url}` }).end(),
      /not be reached/,
    ],
    ['that answers two documents at once', (_q, r) => void r.end('{"v":1,"points":[]}{"v":1,"points":[]}'), /not JSON/],
    ['that answers nothing', (_q, r) => void r.end(), /not JSON/],
    [
      'whose small answer is large once it is unpacked',
      (_q, r) => void r.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(10_000_000, ' '))),
      /larger than 4 MB/,
    ],
    [
      'that promises more than it sends',
      (_q, r) => void r.writeHead(200, { 'content-length': '99' }).end('{}', () => r.socket?.destroy()),
      /could not be reached/,
    ],
    ['that never ends', (_q, r) => void r.end(`"${'x'.repeat(4_100_000)}"`), /larger than 4 MB/],
  ])('%s is in trouble', async (_what, answer, problem) => {
    await expect(ask(answer)).rejects.toThrow(problem);
  });

  it.each<[string, Answer]>([
    ['that hangs', () => {}],
    ['that begins and hangs', (_q, r) => void r.writeHead(200).write('{')],
    [
      'that sends a byte now and then',
      (_q, r) => {
        r.writeHead(200);
        const timer = setInterval(() => r.write(' '), 10);
        r.on('close', () => clearInterval(timer));
      },
    ],
  ])('%s is in trouble when its time is over', async (_what, answer) => {
    const asking = sourceAt(await serving(answer), 0.1)('query', RANGE, ASKED);
    await expect(asking).rejects.toThrow('it did not answer within 0.1 s');
  });

  it('that does not speak TLS where it should is in trouble', async () => {
    const plain = await serving(json({}));
    const asking = sourceAt(plain.replace('http:', 'https:'))('query', RANGE, ASKED);
    await expect(asking).rejects.toThrow(/it could not be reached \(/);
  });

  it('that is not there is in trouble', async () => {
    await expect(sourceAt('http://127.0.0.1:1')('query', RANGE, ASKED)).rejects.toThrow(/could not be reached/);
  });
});

describe('Prometheus', () => {
  const matrix = (...result: object[]) => ({ status: 'success', data: { resultType: 'matrix', result } });
  const ask = async (value: unknown, seen: (url: URL) => void = () => {}) => {
    const url = await serving((request, response, body) => {
      seen(new URL(request.url ?? '', 'http://localhost'));
      json(value)(request, response, body);
    });
    return KINDS.prometheus?.(`${url}/prom`)('sum(increase(orders[1m]))', RANGE, ASKED);
  };
  const at = (minute: number) => FROM / 1000 + 60 * minute;

  it('is asked at the end of each minute, and its points are those minutes’', async () => {
    const values = [
      [at(1), '3'],
      [at(2), 'NaN'],
      [at(3), '4.5'],
    ];
    const points = await ask(matrix({ values }), (url) => {
      expect(url.pathname).toBe('/prom/api/v1/query_range');
      expect(Object.fromEntries(url.searchParams)).toEqual({
        query: 'sum(increase(orders[1m]))',
        start: String(at(1)),
        end: String(at(3)),
        step: '60',
      });
    });
    expect([...(points ?? [])]).toEqual([
      [FROM, 3],
      [FROM + 2 * MINUTE, 4.5],
    ]);
  });

  it.each<[string, unknown, RegExp]>([
    ['several series', matrix({ values: [] }, { values: [] }), /2 series/],
    ['a warning', { ...matrix(), warnings: ['shard 2 is away'] }, /in part: shard 2/],
    ['an error', { status: 'error', error: 'parse error' }, /parse error/],
    ['infinity', matrix({ values: [[at(1), '+Inf']] }), /value \+Inf/],
    ['a negative count', matrix({ values: [[at(1), '-1']] }), /value -1/],
    ['minutes that were not asked for', matrix({ values: [[at(9), '1']] }), /not requested/],
    [
      'a minute twice',
      matrix({
        values: [
          [at(1), '1'],
          [at(1), '2'],
        ],
      }),
      /twice/,
    ],
    ['a vector', { status: 'success', data: { resultType: 'vector', result: [] } }, /as Prometheus does/],
  ])('that answers %s is in trouble', async (_what, value, problem) => {
    await expect(ask(value)).rejects.toThrow(problem);
  });
});

describe('Datadog', () => {
  const ask = async (value: unknown) => KINDS.datadog?.(await serving(json(value)))('q', RANGE, ASKED);

  it('gives its points; an absent one is null there', async () => {
    const pointlist = [
      [FROM, 3],
      [FROM + MINUTE, null],
    ];
    const points = await ask({ status: 'ok', series: [{ interval: 60, pointlist }] });
    expect([...(points ?? [])]).toEqual([[FROM, 3]]);
  });

  it.each<[string, unknown, RegExp]>([
    ['coarser steps', { status: 'ok', series: [{ interval: 300, pointlist: [] }] }, /steps of 300 s.*rollup/],
    ['an error', { status: 'error', error: 'Rate limit' }, /Rate limit/],
    ['several series', { status: 'ok', series: Array(3).fill({ interval: 60, pointlist: [] }) }, /3 series/],
    ['a negative count', { status: 'ok', series: [{ interval: 60, pointlist: [[FROM, -2]] }] }, /below zero/],
  ])('that answers %s is in trouble', async (_what, value, problem) => {
    await expect(ask(value)).rejects.toThrow(problem);
  });
});

describe('a provider of one’s own', () => {
  const answer = {
    v: 1,
    points: [
      [FROM, 3],
      [FROM + MINUTE, 0],
    ],
  };

  it('over HTTP is told what is asked, by whom, and the request is signed with its secret', async () => {
    const key = 'a-key-of-this-test-alone';
    const secret = JSON.stringify({ headers: { authorization: 'Bearer of-this-test' }, signingKey: key });
    const client = awsClient<SecretsManagerClient>(async () => ({ SecretString: secret }));
    const url = await serving((request, response, body) => {
      expect(request.headers).toMatchObject({
        authorization: 'Bearer of-this-test',
        'x-crossfade-signature': `sha256=${createHmac('sha256', key).update(body).digest('hex')}`,
      });
      expect(JSON.parse(body)).toEqual({
        v: 1,
        ingress: 'gateway',
        ...ASKED,
        query: 'orders',
        from: '2026-11-24T08:00:00.000Z',
        to: '2026-11-24T08:03:00.000Z',
        stepSeconds: 60,
      });
      json(answer)(request, response, body);
    });
    const source = askedSource(
      INGRESS,
      httpCaller(
        { url, timeoutSeconds },
        secretOf(client, 'arn:secret', () => FROM),
      ),
    );
    expect([...(await source('orders', RANGE, ASKED))]).toEqual(answer.points);
  });

  it.each([
    ['the same key', 'a-key-that-both-sides-know', 'proceed'],
    ['another key', 'a-key-that-nobody-else-knows', 'hold'],
  ])('is answered by a server that verifies signatures if it has %s', async (_which, signingKey, vote) => {
    const client = awsClient<SecretsManagerClient>(async () => ({ SecretString: JSON.stringify({ signingKey }) }));
    const url = await serving((request, response, body) => {
      const expected = `sha256=${createHmac('sha256', 'a-key-that-both-sides-know').update(body).digest('hex')}`;
      const given = String(request.headers['x-crossfade-signature'] ?? '').padEnd(expected.length);
      const isOurs = given.length === expected.length && timingSafeEqual(Buffer.from(given), Buffer.from(expected));
      if (isOurs) json({ v: 1, vote: 'proceed' })(request, response, body);
      else response.writeHead(401).end();
    });
    const secret = secretOf(client, 'arn:secret', () => FROM);
    const hooks = planHooks(DEPLOYMENT, { desk: httpCaller({ url, timeoutSeconds }, secret) });
    const asked = parsePlan({ hooks: [{ name: 'tickets', when: 'after', provider: 'desk' }] }).hooks;
    const [answer] = await hooks.ask(asked, { cutoverId: CUTOVER, percent: 10 });
    expect(answer).toMatchObject({ name: 'tickets', vote });
    if (vote === 'hold') expect(answer?.reason).toContain('status 401');
  });

  it.each<[string, object, RegExp]>([
    ['another version', { v: 2, points: [] }, /v: must be 1/],
    ['a minute of the future', { v: 1, points: [[FROM + 60 * MINUTE, 1]] }, /not requested/],
    ['a minute of before', { v: 1, points: [[FROM - MINUTE, 1]] }, /not requested/],
    ['seconds where milliseconds are asked', { v: 1, points: [[FROM / 1000, 1]] }, /begins no minute/],
    ['a time as text', { v: 1, points: [['2026-11-24T08:00:00Z', 1]] }, /points\.0\.0: must be a number/],
    ['no value', { v: 1, points: [[FROM, null]] }, /points\.0\.1/],
    [
      'a minute twice',
      {
        v: 1,
        points: [
          [FROM, 1],
          [FROM, 1],
        ],
      },
      /twice/,
    ],
    ['a point within a minute', { v: 1, points: [[FROM + 1, 1]] }, /begins no minute/],
    ['a negative value', { v: 1, points: [[FROM, -1]] }, /points\.0\.1/],
    ['a text', { v: 1, points: [[FROM, '7']] }, /points\.0\.1: must be a number/],
    ['too many points', { v: 1, points: Array(11_001).fill([FROM, 1]) }, /at most 11000/],
    ['an unknown key', { v: 1, points: [], more: true }, /more: unknown key/],
  ])('that answers %s is in trouble', async (_what, value, problem) => {
    await expect(KINDS.http?.(await serving(json(value)))('q', RANGE, ASKED)).rejects.toThrow(problem);
  });

  it('as a function gets the same request, and its failures are troubles', async () => {
    const invoked: unknown[] = [];
    const lambda = (result: object) =>
      awsClient<LambdaClient>(async (command: InvokeCommand) => {
        expect(command).toBeInstanceOf(InvokeCommand);
        invoked.push(JSON.parse(Buffer.from(command.input.Payload as Uint8Array).toString('utf8')));
        return result;
      });
    const provider = { functionArn: 'arn:aws:lambda:eu-west-1:1:function:kpi', timeoutSeconds };
    const ask = (result: object) =>
      askedSource(INGRESS, lambdaCaller(lambda(result), provider))('orders', RANGE, ASKED);
    expect([...(await ask({ Payload: Buffer.from(JSON.stringify(answer)) }))]).toEqual(answer.points);
    expect(invoked).toMatchObject([{ v: 1, ingress: 'gateway', query: 'orders', ...ASKED }]);
    await expect(ask({ FunctionError: 'Unhandled', Payload: Buffer.from('{}') })).rejects.toThrow(
      /its function failed/,
    );
    await expect(ask({ Payload: Buffer.from('not json') })).rejects.toThrow(/not JSON/);
    await expect(ask({})).rejects.toThrow(/not JSON/);
  });

  it('with a secret that is wrong is in trouble, and the trouble does not quote it', async () => {
    for (const secret of [
      'hunter2-is-no-json',
      '{"headers":{"a":7},"hunter2":1}',
      '{"signingKey":"hunter2"}',
      '{"headers":{"authorization":"Bearer hunter2\\nhunter2"}}',
      '{"headers":{"authorization":"Bearer hunter2…"}}',
      '{"headers":{"hunter2 hunter2":"Bearer"}}',
    ]) {
      const client = awsClient<SecretsManagerClient>(async () => ({ SecretString: secret }));
      const asking = secretOf(client, 'arn:secret', () => FROM)();
      await expect(asking).rejects.toThrow(/its secret must be JSON/);
      await expect(asking).rejects.not.toThrow(/hunter2/);
    }
  });
});
