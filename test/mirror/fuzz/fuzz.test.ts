/**
 * Plays raw requests and raw answers, drawn from a grammar and mutated, through both proxies.
 * `CROSSFADE_FUZZ=<conversations>` or `CROSSFADE_FUZZ_MINUTES=<minutes for each proxy>` plays more than the few of each
 * test run; `CROSSFADE_FUZZ_SEED` plays others.
 */
import { describe, expect, it } from 'vitest';
import { PROXIES } from '../mirror-process.ts';
import { playThrough } from './campaign.ts';
import { conversations, leavingClients, leavingPrimaries } from './conversations.ts';

const COUNT = Number(process.env.CROSSFADE_FUZZ ?? 1_000);
const MINUTES = process.env.CROSSFADE_FUZZ_MINUTES;
const SEED = Number(process.env.CROSSFADE_FUZZ_SEED ?? 1);
const BATCH = 500;

/** Each batch has its own seed, so a campaign that found something can be replayed with its SEED and COUNT. */
function* drawn() {
  const end = MINUTES === undefined ? null : Date.now() + Number(MINUTES) * 60_000;
  for (let n = 0; end === null ? n * BATCH < COUNT : Date.now() < end; n++)
    yield conversations(SEED + n, end === null ? Math.min(BATCH, COUNT - n * BATCH) : BATCH);
}

describe.each(PROXIES)('the mirror by %s', { timeout: 3_600_000 }, (proxy) => {
  it('lives, keeps answers apart and lets go of connections, whatever clients and primary send', async () => {
    const { broken, played } = await playThrough(proxy, drawn());
    if (MINUTES !== undefined) console.log(`${played} conversations by ${proxy}, seeds from ${SEED}`);
    expect(broken).toEqual({});
    expect(played).toBeGreaterThanOrEqual(MINUTES === undefined ? COUNT : BATCH);
  });

  it('passes on nothing half as a whole, wherever a client or the primary leaves', async () => {
    const { broken } = await playThrough(proxy, [leavingClients(), leavingPrimaries()]);
    expect(broken).toEqual({});
  });
});
