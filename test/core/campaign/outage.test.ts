import { expect, it } from 'vitest';
import { lookAt, NO_MEMORY, readCampaign } from '../../../core/campaign/index.ts';
import { wallClock } from '../../../lambdas/zones/index.ts';
import { campaignInput, written } from '../../support/campaign.ts';

/** The limit of Step Functions for the output of a task. */
const MOST_BYTES = 256 * 1024;

it.each([1, 20])(
  'of STS leaves room for the state of a campaign that is resumed with as many services as are accepted, %i of them at once',
  async (atOnce) => {
    const accepted = (count: number) => {
      const services = Array.from({ length: count }, (_, i) =>
        written(`s${String(i).padStart(39, '0')}`, { ingress: `i${String(i).padStart(20, '0')}` }),
      );
      const waves = [0, 1].map((i) => ({ name: `w${i}`, services: services.slice(i * 1_000, (i + 1) * 1_000) }));
      const input = {
        ...campaignInput({}, { blastRadius: { services: atOnce } }),
        waves: waves.filter((wave) => wave.services.length > 0),
      };
      const read = readCampaign(input, wallClock);
      return 'campaign' in read ? { input, campaign: read.campaign } : null;
    };
    let most = 1;
    for (let step = 1_024; step >= 1; step /= 2) if (accepted(most + step) !== null) most += step;
    const { input, campaign } = accepted(most) ?? {};
    if (campaign === undefined) throw new Error('none is accepted');
    const outage = () => Promise.reject(new Error(`503 \u0000\n"${'€'.repeat(1_000)}"`));
    const deps = { ports: { at: outage }, clock: { now: () => 0 }, wallClock, by: 'campaign', startedBy: null };
    const { states: seen, memory } = await lookAt(deps, campaign, null, NO_MEMORY);
    expect(seen.size).toBe(most);
    const state = { campaign: input, states: Object.fromEntries(seen), memory, message: '€'.repeat(2_000) };
    const bytes = new TextEncoder().encode(JSON.stringify(state)).length;
    expect(bytes).toBeLessThan(MOST_BYTES);
    // A bound far above the actual size would refuse campaigns that have room.
    expect(bytes).toBeGreaterThan(0.95 * MOST_BYTES);
  },
);
