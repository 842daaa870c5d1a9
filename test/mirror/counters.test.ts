import { createServer } from 'node:http';
import { Pool } from 'undici';
import { describe, expect, it } from 'vitest';
import { Counters } from '../../mirror/recorder/counters.ts';
import { Shadow } from '../../mirror/recorder/shadow.ts';
import { listen, stop } from '../support/http.ts';

const metricsOf = (lines: readonly string[]) => lines.map((line) => JSON.parse(line));
const COPY = { method: 'GET', target: '/', headers: [], body: null } as const;

/** Takes one pair through the shadow. */
async function copied(shadow: Shadow): Promise<void> {
  if (shadow.reserve() !== null) return;
  await shadow.copy(COPY);
  shadow.release();
}

describe('the mirror’s metrics', () => {
  it('count what was done since the last time, and every drop by its reason', () => {
    const counters = new Counters();
    counters.requests = 3;
    counters.drop('busy', 2);
    const [totals, dropped] = metricsOf(counters.flush('gateway', 1));
    expect(totals).toMatchObject({ Ingress: 'gateway', MirrorRequests: 3 });
    expect(dropped).toMatchObject({ Ingress: 'gateway', Reason: 'busy', MirrorDropped: 2 });
    expect(metricsOf(counters.flush('gateway', 2))).toMatchObject([{ MirrorRequests: 0 }]);
  });

  it('say by side whether the breaker on its copies is open', async () => {
    const counters = new Counters();
    const server = createServer((req) => req.socket.destroy());
    const pool = new Pool(await listen(server));
    const shadow = new Shadow({
      dispatcher: pool,
      counters,
      sample: { cap: 1_024, key: 'a-key-of-sixteen-bytes' },
      maxInFlight: 64,
      deadlineMs: 1_000,
    });
    counters.breakers.set('candidate', () => shadow.breakerOpen());
    const state = () => metricsOf(counters.flush('gateway', 1)).find((m) => 'MirrorBreakerOpen' in m);
    expect(state()).toMatchObject({ Side: 'candidate', MirrorBreakerOpen: 0 });
    for (let i = 0; i < 20; i++) await copied(shadow);
    expect(state()).toMatchObject({ Side: 'candidate', MirrorBreakerOpen: 1 });
    expect(shadow.reserve()).toBe('breaker');
    await pool.destroy();
    await stop(server);
  });
});
