/**
 * Conversations that go wrong midway, in ways in which proxies have failed. Peers leave, answer early, say too much or
 * read slowly, with each proxy that this machine has between them: a client that still listens gets one whole answer or
 * sees that there is none, nobody waits forever, and the next client gets its own answer.
 */
import { createServer } from 'node:http';
import { setTimeout as after } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type MirrorProcess, portOf, startMirror } from '../mirror-process.ts';
import { RawClient } from '../rig.ts';
import { AMBIGUOUS } from './ambiguous-answers.ts';
import { INTERIM, TOO_MUCH } from './excess.ts';
import { EARLY, LEAVING } from './leaving.ts';
import { NO_ANSWERS } from './no-answers.ts';
import { ODD_ANSWERS } from './odd-answers.ts';
import { BEHIND_ANSWERS, SLOWLY, UPGRADES } from './pace.ts';
import { PIPELINES } from './pipelines.ts';
import { REFUSED } from './refused.ts';
import { answer, answers, type Case, get, type Peer, RECORDED, ScriptedPrimary, type Stage } from './stage.ts';
import { TRACKERS } from './trackers.ts';
import { UNTHOUGHT } from './unthought.ts';

const ALL: Readonly<Record<string, readonly Case[]>> = {
  'that answers early': EARLY,
  'that leaves, or whose client does': LEAVING,
  'that says too much': TOO_MUCH,
  'that sends interim answers': INTERIM,
  'whose answer could be read in two ways': AMBIGUOUS,
  'that answers oddly, or speaks on a switched line': ODD_ANSWERS,
  'of which nobody thought: it': UNTHOUGHT,
  'as the trackers of other proxies have it, with': TRACKERS,
  'that gives no answer, or one that nobody waits for': NO_ANSWERS,
  'that is slow, or whose client is': SLOWLY,
  'that is asked to switch': UPGRADES,
  'whose answer is under way when more comes': BEHIND_ANSWERS,
  'of which several things are asked in a row: it': PIPELINES,
};

/**
 * A connection that remains open would hold up the drain until the mirror is killed, before it has reported its
 * metrics.
 */
const ENV = { MIRROR_DRAIN_MS: '120000' };

describe.each(RECORDED)('by %s a primary, of which %s is recorded', (proxy, rate) => {
  const primary = new ScriptedPrimary();
  let mirror: MirrorProcess;
  beforeAll(async () => {
    const port = await portOf(primary.server);
    const candidate = await portOf(createServer((_req, res) => void res.end('a copy')));
    mirror = await startMirror(proxy, { stable: port, candidate, env: { ...ENV, MIRROR_SAMPLE_RATE: rate } });
  });
  afterAll(() => mirror.stop());
  const clients: RawClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.destroy();
    expect(primary.faults.splice(0)).toEqual([]);
  });
  const stage = (path: string): Stage => {
    const more = (client: RawClient, text: string) =>
      client.write(Buffer.from(text.replaceAll('PATH', path), 'latin1'));
    return {
      path,
      more,
      send(text) {
        const client = new RawClient(mirror.port);
        clients.push(client);
        more(client, text);
        return client;
      },
      heads: (of = path) => primary.asked.filter((one) => one.path === of).map(({ head }) => head),
      open: () =>
        new Set(primary.asked.flatMap((one) => (one.path === path && !one.socket.destroyed ? one.socket : []))).size,
    };
  };
  const witness = async () => {
    const client = stage('/witness').send(get());
    expect(await answers(client, ['GET'])).toEqual(['200 me']);
  };
  let cases = 0;
  const play = async (script: Case[1], part: Case[2]) => {
    const path = `/case-${++cases}`;
    primary.scripts.set(path, script);
    await part(stage(path));
    await witness();
  };

  describe.each(Object.entries(ALL))('%s', (_kind, all) => {
    it.each(all)('%s', async (_name, script, part) => play(script, part));
  });

  it.each(REFUSED)('never gets what follows a refused request as one: %s', async (_name, request) => {
    const taken = async ({ head, body, write }: Peer) => {
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      await body(new RegExp(`^[\\s\\S]{${length}}`));
      write(answer('passed'));
    };
    await play(taken, async ({ send, heads }) => {
      const text = await send(request).until(/^HTTP\/1\.[01] \d[\s\S]*\r\n\r\n/);
      // The embedded mirror ignores a WebSocket offer in a request with a body, and passes on both the request and its
      // body.
      if (proxy === 'envoy' || !request.includes('websocket')) expect(text).toMatch(/^HTTP\/1\.[01] (?:4|50)/);
      await after(100);
      expect(heads('/smuggled')).toEqual([]);
    });
  });

  it('counts every request of them once', async () => {
    await mirror.stop();
    const told = mirror.metrics();
    const { MirrorRequests: requests = 0, MirrorCaptured: captured = 0 } = told;
    const dropped = Object.entries(told).filter(([name]) => /^[a-z]/.test(name));
    expect([dropped.reduce((sum, [, count]) => sum + count, captured), told]).toEqual([requests, told]);
    expect(captured).toBe(mirror.captures().length);
    // Each case also has a witness request. Health checks are not counted.
    expect(requests).toBeGreaterThan(2 * cases);
  });
});
