/**
 * What a mirror that loses exchanges reports, with each proxy, from its own output: its counts add up, the alarm fires,
 * and the sign-off knows.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch';
import { Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Pool } from 'undici';
import { afterEach, describe, expect, it } from 'vitest';
import { ingressIdSchema } from '../../core/model/index.ts';
import { mirrorCopies } from '../../lambdas/aws/cloudwatch/index.ts';
import { CutoverAlarms } from '../../lib/alarms/cutover-alarms.ts';
import { judgeParity, type SignoffPolicy } from '../../parity/tally/signoff.ts';
import { EMPTY_TALLY } from '../../parity/tally/tally.ts';
import { alarmPropertiesSchema, LocalAlarm } from '../../rehearsal/cloud/cloudwatch/alarms.ts';
import { cloudwatch } from '../../rehearsal/cloud/cloudwatch/cloudwatch.ts';
import { MetricStore } from '../../rehearsal/cloud/cloudwatch/metric-store.ts';
import { MuteRules } from '../../rehearsal/cloud/cloudwatch/mute-rules.ts';
import { serve } from '../rehearsal/cloud/support.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { type MirrorProcess, type MirrorProxy, PROXIES, portOf, startMirror } from './mirror-process.ts';

const MINUTE = 60_000;
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

const ok: RequestListener = (_req, res) => void res.end('ok');
const slow: RequestListener = (_req, res) => void setTimeout(() => res.end('ok'), 100);

interface Played {
  readonly mirror: MirrorProcess;
  readonly pool: Pool;
}

async function start(proxy: MirrorProxy, env: Readonly<Record<string, string>>, shadow = ok): Promise<Played> {
  const ports = { stable: await portOf(createServer(ok)), candidate: await portOf(createServer(shadow)) };
  const mirror = await startMirror(proxy, { ...ports, env: { MIRROR_DRAIN_DELAY_MS: '0', ...env } });
  const pool = new Pool(`http://127.0.0.1:${mirror.port}`, { connections: 8 });
  stops.push(
    () => mirror.stop(),
    () => pool.destroy(),
  );
  return { mirror, pool };
}

/**
 * Asks a few at a time and waits until they are reported: on a busy machine, all at once would be too many, and rightly
 * lost.
 */
async function askAndHear({ mirror, pool }: Played, count: number): Promise<void> {
  for (let asked = 0; asked < count; asked += 4) {
    const before = books(mirror).sum;
    await ask(pool, 4);
    await expect.poll(() => books(mirror).sum).toBe(before + 4);
  }
}

async function ask(pool: Pool, count: number): Promise<void> {
  const one = async () => {
    const { statusCode, body } = await pool.request({ method: 'GET', path: '/items/7' });
    expect([statusCode, await body.text()]).toEqual([200, 'ok']);
  };
  for (let i = 0; i < count; i += 8) await Promise.all(Array.from({ length: Math.min(8, count - i) }, one));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** The number of requests, and what became of them. */
function books(mirror: MirrorProcess) {
  const { MirrorRequests: requests = 0, MirrorCaptured: captured = 0, ...others } = mirror.metrics();
  const dropped = Object.fromEntries(Object.entries(others).filter(([name]) => /^[a-z]/.test(name)));
  return { requests, captured, dropped, sum: Object.values(dropped).reduce((sum, count) => sum + count, captured) };
}

const POLICY: SignoffPolicy = {
  minCapturesPerRoute: 1,
  maxBreakingRate: 1,
  latencyTolerance: 1,
  latencyFloorMs: 1_000,
  maxDropRatio: 0.01,
  acceptInsufficientLatency: ['p50', 'p95', 'p99'],
};

/** Returns what CloudWatch, its alarms and the sign-off make of the mirror's metrics, repeated over three minutes. */
async function told(mirror: MirrorProcess) {
  const store = new MetricStore();
  const now = Math.floor(Date.now() / MINUTE) * MINUTE;
  for (const line of mirror.emf) for (const minute of [1, 2, 3]) store.ingestEmf(line, now - minute * MINUTE);
  const stack = new Stack(templatesOnly(), 'S');
  new CutoverAlarms(stack, 'Alarms', {
    ingressId: 'g',
    loadBalancerFullName: 'app/shop/1',
    stableFullName: 'targetgroup/node/1',
    candidateFullName: 'targetgroup/go/1',
    warmUpMinutes: 5,
    mirror: { forwardFullName: 'targetgroup/mirror/1', reverseFullName: 'targetgroup/reverse/1' },
  });
  const alarms = Template.fromStack(stack).findResources('AWS::CloudWatch::Alarm');
  const states = Object.values(alarms).map(({ Properties }) => {
    const alarm = new LocalAlarm(alarmPropertiesSchema.parse({ ...Properties, AlarmDescription: '' }));
    alarm.evaluate(store, now);
    return [alarm.properties.AlarmName, alarm.state] as const;
  });
  const setState = () => {};
  const operations = cloudwatch({
    store,
    alarms: new Map(),
    setState,
    mutes: new MuteRules(() => now),
    now: () => now,
  });
  const served = await serve({ json: { GraniteServiceVersion20100801: { service: 'cloudwatch', operations } } });
  const client = new CloudWatchClient(served.client);
  const copies = await mirrorCopies(client, ingressIdSchema.parse('g'), { from: now - 3 * MINUTE, to: now - 1 });
  client.destroy();
  await served.stop();
  const { reasons } = judgeParity({ 'GET /items/{id}': { ...EMPTY_TALLY, pairs: 400, same: 400 } }, POLICY, copies);
  return { state: (name: string) => states.find(([alarm]) => alarm.endsWith(name))?.[1], copies, reasons };
}

describe.each(PROXIES)('by %s', (proxy) => {
  /** Starts a mirror that loses exchanges. */
  const losing = async (): Promise<Played> => {
    // The embedded mirror has no separate recorder that could be stopped. It loses exchanges because it takes one copy
    // at a time.
    if (proxy === 'embedded') return start(proxy, { MIRROR_MAX_COPIES: '1' }, slow);
    const played = await start(proxy, {});
    const recorder = Number(played.mirror.child.listening.recorderPid);
    await ask(played.pool, 40);
    process.kill(recorder, 'SIGSTOP');
    await ask(played.pool, 40);
    await after(1_200);
    process.kill(recorder, 'SIGCONT');
    return played;
  };

  it('halves that are lost are in the counts, in the alarm, and in what the sign-off says', async () => {
    const { mirror, pool } = await losing();
    await ask(pool, 40);
    await pool.destroy();
    await mirror.stop();
    const { requests, captured, dropped, sum } = books(mirror);
    expect(requests).toBeGreaterThanOrEqual(40);
    expect(sum).toBe(requests);
    const lost = requests - captured;
    expect(lost).toBeGreaterThan(0.1 * requests);
    const { state, copies, reasons } = await told(mirror);
    expect(state('mirror-lost')).toBe('ALARM');
    expect([copies.wanted, copies.lost]).toMatchObject([
      3 * requests,
      Object.fromEntries(Object.entries(dropped).map(([reason, count]) => [reason, 3 * count])),
    ]);
    expect(reasons.join('\n')).toContain(`${3 * lost} of ${3 * requests} copies gave no evidence (lost ${3 * lost}: `);
  });

  it('where nothing is lost, no alarm and no reason say so', async () => {
    const played = await start(proxy, { MIRROR_METRICS_MS: '100' });
    const { mirror, pool } = played;
    await askAndHear(played, 60);
    await pool.destroy();
    await mirror.stop();
    expect(books(mirror)).toEqual({ requests: 60, captured: 60, dropped: {}, sum: 60 });
    const { state, copies, reasons } = await told(mirror);
    expect([state('mirror-lost'), state('mirror-died')]).toEqual(['OK', 'OK']);
    expect([copies.wanted, reasons.filter((reason) => /evidence|mirror/.test(reason))]).toEqual([180, []]);
  });

  it.each([3_600_000, -3_600_000])(
    'a clock that jumps by %d ms loses nothing, and captures stay in their order',
    async (jump) => {
      const folder = mkdtempSync(join(tmpdir(), 'clock-'));
      const [offset, hook] = [join(folder, 'offset'), join(folder, 'hook.mjs')];
      writeFileSync(offset, '0');
      writeFileSync(
        hook,
        `import { readFileSync } from 'node:fs';
      const real = Date.now;
      Date.now = () => real() + Number(readFileSync(${JSON.stringify(offset)}, 'utf8'));`,
      );
      const played = await start(proxy, { MIRROR_METRICS_MS: '100', NODE_OPTIONS: `--import=${pathToFileURL(hook)}` });
      const { mirror, pool } = played;
      for (const ms of [0, jump, 0]) {
        writeFileSync(offset, String(ms));
        await askAndHear(played, 40);
      }
      await pool.destroy();
      await mirror.stop();
      expect(books(mirror)).toEqual({ requests: 120, captured: 120, dropped: {}, sum: 120 });
      const captures = mirror.captures();
      expect(captures).toHaveLength(120);
      for (const { stable, candidate } of captures)
        for (const leg of [stable, candidate])
          expect(leg.outcome === 'response' && leg.timing.totalMs >= 0 && leg.timing.totalMs < MINUTE).toBe(true);
      // With Envoy, the time of a request comes from Envoy, so the recorder's clock does not change it.
      if (proxy === 'envoy')
        for (const { at } of captures) expect(Math.abs(Date.parse(at) - Date.now())).toBeLessThan(10 * MINUTE);
    },
  );
});

describe.runIf(PROXIES.includes('envoy'))('Envoy is killed under load', () => {
  it('and all that its recorder has taken is delivered and counted; what is told adds up, and another mirror serves on', async () => {
    const { mirror, pool } = await start('envoy', { MIRROR_METRICS_MS: '1000', MIRROR_FLUSH_MS: '1000' });
    const seen = { answered: 0, cut: 0 };
    const killed = new Promise<void>((resolve) => setTimeout(resolve, 2_700));
    let over = false;
    void killed.then(() => {
      over = true;
      process.kill(-Number(mirror.child.listening.envoyPid), 'SIGKILL');
    });
    const client = async () => {
      while (!over)
        try {
          const { body } = await pool.request({ method: 'GET', path: '/items/7' });
          expect(await body.text()).toBe('ok');
          seen.answered++;
        } catch {
          seen.cut++;
        }
    };
    await Promise.all(Array.from({ length: 8 }, client));
    await expect.poll(() => isAlive(mirror.child.pid)).toBe(false);
    await mirror.stop();
    const { requests, captured, sum } = books(mirror);
    expect(mirror.captures()).toHaveLength(captured);
    expect(captured).toBeGreaterThan(0);
    expect(sum).toBe(requests);
    expect(requests).toBeLessThanOrEqual(seen.answered + seen.cut);
    // Requests that came after the last report and were not handed over are in no count.
    expect(requests).toBeGreaterThan(0);
    expect(seen.cut).toBeLessThanOrEqual(8);
    const next = await start('envoy', {});
    await ask(next.pool, 8);
  });

  /** Kills Envoy only, not its process 1 or the recorder, while clients send requests until the mirror has ended. */
  const killed = async (signal: 'SIGKILL' | 'SIGSEGV', drain: boolean): Promise<Played> => {
    const played = await start('envoy', { MIRROR_DRAIN_DELAY_MS: '2000' });
    const { mirror, pool } = played;
    await ask(pool, 8);
    let over = false;
    const client = async () => {
      while (!over)
        await pool.request({ method: 'GET', path: '/' }).then(
          ({ body }) => body.dump(),
          () => after(10),
        );
    };
    const clients = Promise.all(Array.from({ length: 8 }, client));
    await after(300);
    if (drain) process.kill(mirror.child.pid, 'SIGTERM');
    await after(300);
    process.kill(mirror.proxyPid, signal);
    await expect.poll(() => isAlive(mirror.child.pid), { timeout: 15_000 }).toBe(false);
    over = true;
    await clients;
    return played;
  };
  const deaths = (mirror: MirrorProcess) =>
    mirror.emf.flatMap((line) => {
      const { event, reason } = JSON.parse(line);
      return event === undefined ? [] : [`${event}: ${reason}`];
    });

  it.each([
    ['SIGKILL', false, 'exit code 137'],
    ['SIGSEGV', false, 'exit code 139'],
    ['SIGKILL', true, 'exit code 137'],
  ] as const)('and process 1 counts it, ends, and the alarm hears: %s, draining %s', async (signal, drain, reason) => {
    const { mirror } = await killed(signal, drain);
    expect(deaths(mirror)).toEqual([`envoy died: ${reason}`]);
    if (!drain) expect(mirror.lines.filter((line) => /"envoy died","uncountedMs":\d+/.test(line))).toHaveLength(1);
    const { requests, sum } = books(mirror);
    expect(sum).toBe(requests);
    expect((await told(mirror)).state('mirror-died')).toBe('ALARM');
  });
});
