import { describe, expect, it } from 'vitest';
import { campaignIn } from '../../../core/campaign/index.ts';
import { wallClock } from '../../../lambdas/zones/index.ts';
import { campaignInput } from '../../support/campaign.ts';

/** A plan that is refused today: no stage has a longer bake than `gate.minBake`. */
const PLAN = { shadow: { minPairsPerRoute: 7 }, gate: { accelerate: true, minBake: 'P1D' } };
const campaign = campaignInput({ first: ['shop'] }, { plans: { old: PLAN } });

describe('a campaign whose plan is refused since it began', () => {
  it('goes on', () => {
    expect(campaignIn({ campaign, states: {}, accepted: false }, wallClock)).toMatchObject({
      campaign: { plans: { old: { shadow: { minCapturesPerRoute: 7 }, gate: { minBake: 86_400 } } } },
    });
  });

  it('goes on where it is resumed, before its services are read again', () => {
    expect(campaignIn({ campaign, states: null, accepted: true }, wallClock)).toHaveProperty('campaign');
  });

  it('does not begin', () => {
    expect(campaignIn({ campaign, states: null, accepted: false }, wallClock)).toMatchObject({
      problems: [{ path: 'plans.old.gate.minBake' }],
    });
  });

  it('is refused where its plan is none of any version', () => {
    const wrong = campaignInput({ first: ['shop'] }, { plans: { old: { gate: { alfa: 1 } } } });
    expect(campaignIn({ campaign: wrong, states: {}, accepted: false }, wallClock)).toMatchObject({
      problems: [{ path: 'plans.old.gate.alfa', message: 'unknown key' }],
    });
  });
});
