/**
 * Raw requests and raw answers, drawn from a grammar and mutated, through both proxies. `CROSSFADE_FUZZ=<conversations>` plays more than
 * the few of each test run; `CROSSFADE_FUZZ_SEED` others.
 */
import { describe, expect, it } from 'vitest';
import { PROXIES } from '../mirror-process.ts';
import { playThrough } from './campaign.ts';
import { conversations, leavingClients, leavingPrimaries } from './conversations.ts';

const COUNT = Number(process.env.CROSSFADE_FUZZ ?? 3_000);
const SEED = Number(process.env.CROSSFADE_FUZZ_SEED ?? 1);
const BATCH = 500;

function* drawn() {
  for (let n = 0; n * BATCH < COUNT; n++) yield conversations(SEED + n, Math.min(BATCH, COUNT - n * BATCH));
}

describe.each(PROXIES)('the mirror by %s', { timeout: 600_000 }, (proxy) => {
  it('lives, keeps answers apart and lets go of connections, whatever clients and primary send', async () => {
    const { broken, played } = await playThrough(proxy, drawn());
    expect(broken).toEqual({});
    expect(played).toBe(COUNT);
  });

  it('passes on nothing half as a whole, wherever a client or the primary leaves', async () => {
    const { broken } = await playThrough(proxy, [leavingClients(), leavingPrimaries()]);
    expect(broken).toEqual({});
  });
});
