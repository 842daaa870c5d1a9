import { describe, expect, it } from 'vitest';
import {
  budgetOf,
  budgetProblems,
  mostAtOnce,
  projectCampaign,
  readCampaign,
  secondsToReturn,
  simulateThrottling,
} from '../../../core/campaign/index.ts';
import { wallClock } from '../../../lambdas/zones/index.ts';
import { generator } from '../../../rehearsal/simulation/scenario/index.ts';
import { campaignFrom, campaignInput, written } from '../../support/campaign.ts';

/** A campaign of `count` services, spread over `accounts` accounts. */
function many(count: number, accounts: number, blastRadius: object) {
  const ids = Object.fromEntries(Array.from({ length: accounts }, (_, i) => [`a${i}`, String(100_000_000_000 + i)]));
  const services = Array.from({ length: count }, (_, i) => written(`s${i}`, { account: `a${i % accounts}` }));
  const size = Math.ceil(count / 10);
  const waves = Array.from({ length: Math.ceil(count / size) }, (_, i) => ({
    name: `w${i}`,
    services: services.slice(i * size, (i + 1) * size),
  }));
  return campaignFrom({ ...campaignInput({}), accounts: ids, blastRadius, waves });
}

describe('the limits of AWS that cutovers share', () => {
  it('have room for the default blast radius', () => {
    expect(budgetProblems(many(10, 1, {}))).toEqual([]);
  });

  it('have none for a hundred cutovers of one place at once', () => {
    const problems = budgetProblems(many(100, 1, { services: 100 }));
    expect(problems.map(({ message }) => message).join('\n')).toMatch(
      /Describe\* of load balancers 900 times a minute/,
    );
    expect(problems.map(({ message }) => message).join('\n')).toMatch(
      /the last one waits at least 60 s for ModifyRule/,
    );
    expect(problems.every(({ path }) => path === 'blastRadius.perPlace')).toBe(true);
  });

  it('have room for a thousand services over ten accounts, ten at once in each', () => {
    const campaign = many(1_000, 10, { services: 100, perPlace: 10 });
    expect(budgetProblems(campaign)).toEqual([]);
    expect(budgetOf(campaign)).toHaveLength(10);
  });

  it('are passed by the watchdogs alone where a thousand services stand in one place', () => {
    expect(budgetProblems(many(1_000, 1, { services: 1 }))[0]?.message).toContain('all 1000 services');
  });

  it('take the safe weights of as many cutovers at once as the rules allow, and of no more', () => {
    expect(mostAtOnce()).toBe(10);
    expect(secondsToReturn(mostAtOnce())).toBe(0);
    expect(secondsToReturn(mostAtOnce() + 1)).toBeGreaterThan(0);
  });
});

describe('the room of an execution', () => {
  const campaignOf = (count: number, blastRadius: object) => {
    const name = (i: number) => `s${String(i).padStart(24, '0')}`;
    const services = Array.from({ length: count }, (_, i) => written(name(i), { ingress: `i${i}` }));
    return { ...campaignInput({}), blastRadius, waves: [{ name: 'all', services: services.slice(0, 1_000) }] };
  };
  const read = (input: unknown) => readCampaign(input, wallClock);

  it('is enough for a thousand services, a hundred of them at once', () => {
    expect(read(campaignOf(1_000, { services: 100, perPlace: 10 }))).toHaveProperty('campaign');
  });

  it('is too small for a thousand at once', () => {
    expect(read(campaignOf(1_000, { services: 1_000, perPlace: 10 }))).toMatchObject({
      problems: [{ path: 'campaign', message: expect.stringContaining('lower blastRadius.services') }],
    });
  });

  it.each([
    ['a', true],
    ['ü', false],
  ])('counts %s as the bytes of its UTF-8', (character, hasRoom) => {
    const accounts = { shop: '111122223333', [character.repeat(130_000)]: '444455556666' };
    expect('campaign' in read({ ...campaignOf(1, {}), accounts })).toBe(hasRoom);
  });
});

describe('a simulation against the buckets', () => {
  const run = (atOnce: number, atRest = 0, seed = 7) =>
    simulateThrottling({ atOnce, atRest, returnAt: 300, seconds: 900, random: generator(seed) });

  it('refuses nothing of one cutover, even as it goes back', () => {
    expect(run(1).refused).toEqual({ modifyRule: 0, describeRules: 0, getMetricData: 0, describeAlarms: 0 });
  });

  it('brings all that the rules allow back at once, whatever the seconds of their looks', () => {
    for (let seed = 0; seed < 50; seed++) {
      const { lastSafeAfter, refused } = run(mostAtOnce(), 90, seed);
      expect(lastSafeAfter).toBeLessThanOrEqual(5);
      expect(Math.max(refused.getMetricData, refused.describeAlarms)).toBe(0);
    }
  });

  it('has the last one of twice as many wait for more than half a minute', () => {
    expect(run(2 * mostAtOnce() + 1).lastSafeAfter).toBeGreaterThan(30);
  });

  it('throttles the readings of a hundred cutovers and more those of a thousand', () => {
    const [hundred, thousand] = [run(100), run(1_000)];
    expect(hundred.refused.describeRules).toBeGreaterThan(0.05);
    expect(thousand.refused.describeRules).toBeGreaterThan(hundred.refused.describeRules);
    expect(thousand.refused.describeAlarms).toBeGreaterThan(0);
  });
});

describe('a projection', () => {
  const start = Date.parse('2026-11-26T12:00Z');

  it('puts waves behind each other and services of a wave side by side', () => {
    const {
      waves,
      mostAtOnce: most,
      endsAt,
    } = projectCampaign(campaignFrom(campaignInput({ first: ['a', 'b'], second: ['c'] })), start, wallClock);
    expect(most).toBe(2);
    expect(waves.map(({ startsAt }) => startsAt)).toEqual([start, waves[0]?.endsAt]);
    expect(endsAt).toBe(waves[1]?.endsAt);
  });

  it('starts no wave within a pause window', () => {
    const freeze = { name: 'freeze', from: '2026-11-26T00:00', to: '2026-12-01T00:00', timeZone: 'UTC' };
    const { waves } = projectCampaign(
      campaignFrom(campaignInput({ first: ['a'] }, { pause: { freezes: [freeze] } })),
      start,
      wallClock,
    );
    expect(waves[0]?.startsAt).toBe(Date.parse('2026-12-01T00:00Z'));
  });
});
