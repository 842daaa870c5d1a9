import { Agent, createServer, request } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SHARED } from '../../mirror/envoy/index.ts';
import { Counters } from '../../mirror/recorder/counters.ts';
import { envoyAdmin } from '../../mirror/sidecar/envoy-admin.ts';
import { type EnvoyAdmin, EnvoyBooks } from '../../mirror/sidecar/envoy-counts.ts';
import { intake } from '../../mirror/sidecar/intake.ts';
import { parseExchange } from '../../mirror/sidecar/message.ts';
import { copyLeg, failureOf } from '../../mirror/sidecar/proxied-leg.ts';
import { anyCharacter } from '../support/any-character.ts';
import { exchange } from '../support/exchange.ts';
import { listen, stop } from '../support/http.ts';
import { portOf } from './mirror-process.ts';

describe('an exchange as Envoy’s script posts it', () => {
  it('is read with both messages, without what ends at Envoy', () => {
    const message = exchange({
      requestHead:
        ':method: POST\r\n:path: /a?b\r\n:authority: x\r\nx-request-id: r\r\nconnection: x-hop\r\nx-hop: 1\r\n',
      requestBody: 'hi',
      head: ':status: 201\r\nx-crossfade-timing: 7\r\nset-cookie: a\r\nset-cookie: b\r\n',
      trailers: 'grpc-status: 5\r\n',
      said: { protocol: 'HTTP/2', bytes: 9 },
    });
    expect(parseExchange(message)).toMatchObject({
      method: 'POST',
      target: '/a?b',
      requestId: 'r',
      headers: ['host', 'x', 'x-request-id', 'r'],
      requestBody: { bytes: 2 },
      http2: true,
      leg: {
        outcome: 'response',
        status: 201,
        headers: ['set-cookie', 'a', 'set-cookie', 'b', 'grpc-status', '5'],
        body: { bytes: 9, truncated: true },
        firstByteMs: 1,
        totalMs: 2,
      },
    });
  });

  it('has a body of any bytes, which comes in base64 where it holds NUL', () => {
    const body = Buffer.from([0, 1, 255, 0]);
    const { requestBody } = parseExchange(exchange({ requestBody: body.toString('base64'), said: { coded: 1 } }));
    expect(requestBody).toMatchObject({ bytes: 4, truncated: false });
    expect(Buffer.from(requestBody?.data ?? [])).toEqual(body);
  });

  it('is a failed leg where the answer is Envoy’s own', () => {
    const failed = 'upstream_reset_before_response_started{connection_termination}';
    expect(parseExchange(exchange({ said: { failed } })).leg).toMatchObject({ outcome: 'failed', reason: 'reset' });
    expect(failureOf('upstream_reset{remote_connection_failure}', 1)).toMatchObject({ reason: 'refused' });
  });

  it('is refused when it is cut, longer than it says, or anything else', () => {
    const whole = exchange({ requestBody: 'hello' });
    fc.assert(
      fc.property(fc.nat(whole.length - 1), (length) => {
        expect(() => parseExchange(whole.subarray(0, length))).toThrow();
      }),
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        expect(() => parseExchange(Buffer.from(bytes))).toThrow();
      }),
    );
    expect(() => parseExchange(Buffer.concat([whole, Buffer.from('x')]))).toThrow(/says it has/);
    for (const said of [{ sizes: [1e9, 0, 0, 0, 0] }, { v: 1 }, { primary: 'x' }, { more: 1 }])
      expect(() => parseExchange(exchange({ said }))).toThrow();
  });

  it('never gives fields that a copy could not be sent with, whatever bytes came', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 300 }), (text) => {
        const head = `:method: GET\r\n:path: /\r\n:authority: x\r\n${text}`;
        const { headers } = parseExchange(exchange({ requestHead: head }));
        expect(headers.length % 2).toBe(0);
        for (const part of headers) expect(part).not.toContain('\r\n');
      }),
    );
  });
});

describe('a copy’s answer by Envoy', () => {
  const leg = {
    outcome: 'response',
    status: 200,
    body: { data: new Uint8Array(), bytes: 0, truncated: false },
    firstByteMs: 9,
    totalMs: 12,
  } as const;

  it('is timed at Envoy, and has no Date that Envoy gave it', () => {
    const headers = ['date', 'now', 'x-crossfade-timing', '5000', 'x', 'y'];
    expect(copyLeg({ ...leg, headers })).toMatchObject({ headers: ['x', 'y'], firstByteMs: 5, totalMs: 8 });
    const dated = copyLeg({ ...leg, headers: [...headers, 'x-crossfade-date', 'now'] });
    expect(dated).toMatchObject({ headers: ['date', 'now', 'x', 'y'] });
  });

  it('is none where Envoy answered for the side', () => {
    const headers = ['x-crossfade-failed', 'upstream_reset{timeout}'];
    expect(copyLeg({ ...leg, status: 503, headers })).toMatchObject({ outcome: 'failed', reason: 'timeout' });
  });
});

describe('an exchange that is handed over', () => {
  const post = (agent: Agent, port: number) =>
    new Promise<number | undefined>((resolve, reject) => {
      const req = request({ agent, port, host: '127.0.0.1', path: SHARED.path, method: 'POST' }, (res) => {
        res.resume().once('end', () => resolve(res.statusCode));
      });
      req.once('error', reject).end('x');
    });

  it('was given up where the connection ends with its answer, and not where another follows, the recorder refused it, or closes', async () => {
    let [taken, givenUp] = [0, 0];
    let takes = true;
    const server = intake(
      1_000,
      () => {
        if (takes) taken++;
        return takes;
      },
      () => void givenUp++,
    );
    const port = await portOf(server);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect([await post(agent, port), await post(agent, port)]).toEqual([204, 204]);
    expect(givenUp).toBe(0);
    agent.destroy();
    await expect.poll(() => givenUp).toBe(1);
    takes = false;
    const other = new Agent({ keepAlive: true, maxSockets: 1 });
    expect(await post(other, port)).toBe(503);
    other.destroy();
    takes = true;
    expect(await post(new Agent({ keepAlive: true }), port)).toBe(204);
    await new Promise((closed) => server.close(closed));
    // The end of its connections is noticed a moment later.
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([taken, givenUp]).toEqual([3, 1]);
  });
});

describe('what Envoy counted', () => {
  /**
   * Envoy's admin interface with the given statistics, which may grow, and a runtime that keeps what is written to it.
   */
  function envoy(stats: Record<string, number>): EnvoyAdmin {
    const told = new Map<string, string>();
    return {
      async get(path) {
        if (path !== '/runtime')
          return JSON.stringify({ stats: Object.entries(stats).map(([name, value]) => ({ name, value })) });
        return JSON.stringify({
          entries: Object.fromEntries([...told].map(([k, final_value]) => [k, { final_value }])),
        });
      },
      async post(path, sent) {
        sent();
        for (const [name, value] of new URL(`http://a${path}`).searchParams) told.set(name, value);
        return 'OK';
      },
    };
  }
  const ended = (route: string, fate = '') => `crossfade.ended.route.${route}.fate.${fate}`;
  const flushed = (counters: Counters) =>
    Object.assign(
      {},
      ...counters.flush('g', 1).map((line) => {
        const { Reason, Flag, MirrorDropped, MirrorRequests, MirrorPrimaryErrors } = JSON.parse(line);
        if (Flag !== undefined) return { [Flag]: MirrorPrimaryErrors };
        return Reason === undefined ? { MirrorRequests } : { [Reason]: MirrorDropped };
      }),
    );

  it('adds up: every request is taken, or dropped with a reason, though the recorder saw none of them', async () => {
    const stats = {
      [ended('sample')]: 5,
      [ended('refused')]: 2,
      [ended('-')]: 1,
      [ended('method')]: 4,
      [ended('sample', 'copy')]: 1,
      [ended('sample', 'sent')]: 10,
      'cluster.recorder.upstream_rq_2xx': 3,
      'cluster.recorder_large.upstream_rq_2xx': 1,
      'cluster.recorder.upstream_rq_pending_overflow': 2,
      'cluster.recorder_large.upstream_rq_pending_overflow': 1,
      'cluster.recorder.upstream_rq_timeout': 1,
    };
    const counters = new Counters();
    const books = new EnvoyBooks(envoy(stats), counters);
    for (let i = 0; i < 2; i++) await books.tell();
    expect(flushed(counters)).toEqual({
      MirrorRequests: 23,
      sample: 5,
      method: 4,
      refused: 3,
      aborted: 1,
      'recorder-busy': 3,
      'recorder-slow': 1,
      'recorder-down': 2,
    });
  });

  it('calls lost what is lost: not an exchange that is on its way, and no recorder down that could not read one', async () => {
    const stats = {
      [ended('sample', 'sent')]: 10,
      'cluster.recorder.upstream_rq_2xx': 4,
      'cluster.recorder.upstream_rq_4xx': 1,
      'cluster.recorder.upstream_rq_active': 3,
      'cluster.recorder.upstream_rq_pending_active': 2,
    };
    const counters = new Counters();
    const books = new EnvoyBooks(envoy(stats), counters);
    await books.tell();
    expect(flushed(counters)).toEqual({ MirrorRequests: 10, error: 1 });
    stats['cluster.recorder.upstream_rq_2xx'] = 8;
    stats['cluster.recorder.upstream_rq_active'] = stats['cluster.recorder.upstream_rq_pending_active'] = 0;
    for (let i = 0; i < 2; i++) await books.tell();
    expect(flushed(counters)).toEqual({ MirrorRequests: 0, 'recorder-down': 1 });
  });

  it('calls nothing lost in the first reading that was not missing before the recorder began: Envoy counts one thing after another', async () => {
    const stats = { [ended('sample', 'sent')]: 6, 'cluster.recorder.upstream_rq_2xx': 0 };
    const counters = new Counters();
    const books = new EnvoyBooks(envoy(stats), counters);
    await books.leftBehind();
    // Three of these are on their way, and stand in no count yet.
    Object.assign(stats, { [ended('sample', 'sent')]: 10, 'cluster.recorder.upstream_rq_2xx': 1 });
    await books.tell();
    stats['cluster.recorder.upstream_rq_2xx'] = 4;
    for (let i = 0; i < 2; i++) await books.tell();
    expect(flushed(counters)).toEqual({ MirrorRequests: 10, 'recorder-down': 6 });
  });

  it('calls nothing lost that a recorder took while Envoy gave it up: it is a capture, and in no other count', async () => {
    const stats = {
      [ended('sample', 'sent')]: 10,
      'cluster.recorder.upstream_rq_2xx': 4,
      'cluster.recorder.upstream_rq_timeout': 5,
    };
    const [admin, counters] = [envoy(stats), new Counters()];
    counters.delivered(7);
    counters.givenUp = 3;
    const books = new EnvoyBooks(admin, counters);
    expect(await books.tell()).toBe(3);
    // More are given up than timed out: Envoy also gives up exchanges whose connections it has lost.
    counters.delivered(3);
    counters.givenUp = 3;
    stats[ended('sample', 'sent')] = 13;
    for (let i = 0; i < 3; i++) expect(await books.tell()).toBe(0);
    expect(counters.captured).toBe(10);
    expect(flushed(counters)).toEqual({ MirrorRequests: 13, 'recorder-slow': 3 });
  });

  it('calls what a dead recorder had taken lost once, though Envoy had given some of it up', async () => {
    const stats = {
      [ended('sample', 'sent')]: 10,
      'cluster.recorder.upstream_rq_2xx': 6,
      'cluster.recorder.upstream_rq_timeout': 4,
    };
    const [admin, first] = [envoy(stats), new Counters()];
    first.delivered(5);
    first.givenUp = 2;
    await new EnvoyBooks(admin, first).tell();
    flushed(first);
    const next = new Counters();
    await new EnvoyBooks(admin, next).leftBehind();
    // 6 + 2 were taken, 5 of them delivered.
    expect(flushed(next)).toEqual({ MirrorRequests: 0, 'recorder-down': 3 });
  });

  it('is said in the turn in which Envoy is asked to note it: who is killed before or behind that loses nothing', async () => {
    const stats = { [ended('sample', 'sent')]: 3, 'cluster.recorder.upstream_rq_2xx': 3 };
    const { get } = envoy(stats);
    for (const act of ['leftBehind', 'tell'] as const) {
      let said = 0;
      const seen = new Promise<number[]>((resolve) => {
        const post = (_: string, sent: () => void) => {
          const before = said;
          setImmediate(() => {
            const waiting = said;
            sent();
            resolve([before, waiting, said]);
          });
          return new Promise<string>(() => {});
        };
        void new EnvoyBooks({ get, post }, new Counters())[act](() => void said++);
      });
      expect(await seen).toEqual([0, 0, 1]);
    }
  });

  it('is asked for by requests that say when they are written, before Envoy has them', async () => {
    const seen: string[] = [];
    const server = createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      response.end('OK');
    });
    const admin = envoyAdmin(await listen(server));
    const post = admin.post('/runtime_modify?a=1', () => seen.push('written'));
    expect(seen).toEqual([]);
    expect(await Promise.all([post, admin.get('/stats')])).toEqual(['OK', 'OK']);
    expect(seen.indexOf('written')).toBeLessThan(seen.indexOf('POST /runtime_modify?a=1'));
    expect(seen.filter((event) => event === 'written')).toHaveLength(1);
    await stop(server);
  });

  it('is not said where Envoy cannot be asked', async () => {
    const server = createServer();
    const origin = await listen(server);
    await stop(server);
    const seen: string[] = [];
    await expect(envoyAdmin(origin).post('/runtime_modify?a=2', () => seen.push('written'))).rejects.toThrow();
    expect(seen).toEqual([]);
  });

  it('says why the primary gave no answer', async () => {
    const stats = {
      [ended('sample')]: 5,
      'crossfade.primary_failed.flag.UF,URX.fate.-': 1,
      'crossfade.primary_failed.flag.UF,URX.fate.sent': 1,
      'crossfade.primary_failed.flag.UC.fate.': 1,
    };
    const [admin, counters] = [envoy(stats), new Counters()];
    await new EnvoyBooks(admin, counters).tell();
    await new EnvoyBooks(admin, counters).tell();
    expect(counters.primaryErrors).toBe(3);
    expect(flushed(counters)).toMatchObject({ 'UF,URX': 2, UC: 1 });
  });

  it('calls an answer that the primary broke off lost, and not a client that left', async () => {
    const stats = {
      [ended('sample', 'copy')]: 5,
      'crossfade.primary_failed.flag.UPE.fate.copy': 2,
      'crossfade.primary_failed.flag.UC.fate.copy': 1,
      'crossfade.primary_failed.flag.UC.fate.oversize': 1,
    };
    const counters = new Counters();
    const books = new EnvoyBooks(envoy(stats), counters);
    await books.tell();
    expect(flushed(counters)).toMatchObject({ MirrorRequests: 5, aborted: 2, error: 3 });
  });

  it('calls lost what a recorder took, and did not tell of before it died', async () => {
    const stats = { [ended('sample', 'sent')]: 10, 'cluster.recorder.upstream_rq_2xx': 10 };
    const [admin, first] = [envoy(stats), new Counters()];
    first.delivered(3);
    first.drop('sink', 1);
    expect(await new EnvoyBooks(admin, first).tell()).toBe(6);
    flushed(first);
    // Counted after the recorder's last report, and lost with the recorder.
    first.delivered(2);
    const next = new Counters();
    const later = new EnvoyBooks(admin, next);
    await later.leftBehind();
    expect(await later.tell()).toBe(0);
    expect(flushed(next)).toEqual({ MirrorRequests: 0, 'recorder-down': 6 });
    const third = new Counters();
    await new EnvoyBooks(admin, third).leftBehind();
    expect(flushed(third)).toEqual({ MirrorRequests: 0 });
  });

  it('calls nothing lost that was missing once: Envoy’s counts are not of one moment', async () => {
    const stats = { [ended('sample', 'sent')]: 1, 'cluster.recorder.upstream_rq_2xx': 1 };
    const counters = new Counters();
    const books = new EnvoyBooks(envoy(stats), counters);
    await books.tell();
    stats[ended('sample', 'sent')] = 3;
    await books.tell();
    expect(flushed(counters)).toEqual({ MirrorRequests: 3 });
    stats['cluster.recorder.upstream_rq_2xx'] = 2;
    expect(await books.tell()).toBe(2);
    expect(flushed(counters)).toEqual({ MirrorRequests: 0, 'recorder-down': 1 });
  });

  it('is told once, though Envoy was too busy to take the note of it', async () => {
    const stats = { [ended('sample')]: 5 };
    const [busy, counters] = [envoy(stats), new Counters()];
    let refuses = true;
    const books = new EnvoyBooks(
      {
        ...busy,
        async post(path, sent) {
          if (!refuses) return busy.post(path, sent);
          sent();
          throw new Error('timeout');
        },
      },
      counters,
    );
    await expect(books.tell()).rejects.toThrow('timeout');
    refuses = false;
    stats[ended('sample')] = 6;
    await books.tell();
    expect(flushed(counters)).toEqual({ MirrorRequests: 6, sample: 6 });
    const next = new Counters();
    await new EnvoyBooks(busy, next).tell();
    expect(flushed(next)).toEqual({ MirrorRequests: 0 });
  });

  it('is told once, by whichever recorder is alive', async () => {
    const stats = { [ended('sample')]: 5 };
    const admin = envoy(stats);
    await new EnvoyBooks(admin, new Counters()).tell();
    stats[ended('sample')] = 8;
    const restarted = new Counters();
    await new EnvoyBooks(admin, restarted).tell();
    expect(flushed(restarted)).toEqual({ MirrorRequests: 3, sample: 3 });
  });

  it.each([
    ['three on their way to it, and two that it did not finish', 2, { MirrorRequests: 10, 'recorder-down': 8 }],
    ['three on their way to it', 4, { MirrorRequests: 10, 'recorder-down': 6 }],
    ['captures of two requests that Envoy had not counted', 12, { MirrorRequests: 12 }],
  ])('is told once when a recorder ends before Envoy does, with %s', async (_what, delivered, wanted) => {
    const taken = Math.min(delivered, 10) < 10 ? 4 : 10;
    const stats = {
      [ended('sample', 'sent')]: 10,
      'cluster.recorder.upstream_rq_2xx': taken,
      'cluster.recorder.upstream_rq_active': taken === 10 ? 0 : 3,
    };
    const [admin, first] = [envoy(stats), new Counters()];
    first.delivered(delivered);
    await new EnvoyBooks(admin, first).tell(() => {}, true);
    expect(flushed(first)).toEqual(wanted);
    stats['cluster.recorder.upstream_rq_active'] = 0;
    const all = Math.max(10, delivered);
    [stats[ended('sample', 'sent')], stats['cluster.recorder.upstream_rq_2xx']] = [all, taken === 10 ? all : taken];
    const next = new Counters();
    const later = new EnvoyBooks(admin, next);
    await later.leftBehind();
    for (let i = 0; i < 2; i++) expect(await later.tell()).toBe(0);
    expect(flushed(next)).toEqual({ MirrorRequests: 0 });
  });
});
