import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Campaign,
  type CampaignMemory,
  campaignServices,
  decide,
  isUnderWay,
  NO_MEMORY,
  pauseAtInstant,
  type ServiceState,
  servicePlace,
} from '../../../core/campaign/index.ts';
import { wallClock } from '../../../lambdas/zones/index.ts';
import { campaignFrom, campaignInput, written } from '../../support/campaign.ts';

const NOON = Date.parse('2026-11-26T12:00Z');
const running: ServiceState = { at: 'running', phase: 'stage', paused: false, pause: 'possible' };
const completed: ServiceState = { at: 'completed' };
const returned: ServiceState = { at: 'returned', reason: 'worse' };
const look = (
  campaign: Campaign,
  states: Readonly<Record<string, ServiceState>>,
  memory: CampaignMemory = NO_MEMORY,
  now = NOON,
) => decide(campaign, new Map(Object.entries(states)), memory, now, wallClock);

describe('a campaign starts', () => {
  const waves = { first: ['a', 'b'], second: ['c'], third: ['d'] };

  it('the services of its first wave, as many as the blast radius allows', () => {
    expect(look(campaignFrom(campaignInput(waves)), {}).start).toEqual(['a', 'b']);
    const narrow = campaignFrom(campaignInput(waves, { blastRadius: { services: 1 } }));
    expect(look(narrow, {}).start).toEqual(['a']);
    expect(look(narrow, { a: running }).start).toEqual([]);
  });

  it('a wave once all services of the one before are complete', () => {
    const campaign = campaignFrom(campaignInput(waves));
    expect(look(campaign, { a: completed, b: running }).start).toEqual([]);
    expect(look(campaign, { a: completed, b: completed }).start).toEqual(['c']);
  });

  it('waves that name what they wait for side by side', () => {
    const input = campaignInput(waves);
    const campaign = campaignFrom({
      ...input,
      waves: input.waves.map((wave) => (wave.name === 'third' ? { ...wave, after: ['first'] } : wave)),
    });
    expect(look(campaign, { a: completed, b: completed }).start).toEqual(['c', 'd']);
  });

  it('a service after those that it names', () => {
    const campaign = campaignFrom({
      ...campaignInput({}),
      waves: [{ name: 'all', services: [written('a'), written('b', { after: ['a'] })] }],
    });
    expect(look(campaign, {}).start).toEqual(['a']);
    expect(look(campaign, { a: completed }).start).toEqual(['b']);
  });

  it('no more of one region and account than it may, and goes on with those of others', () => {
    const campaign = campaignFrom({
      ...campaignInput({}, { blastRadius: { perPlace: 1 } }),
      waves: [{ name: 'all', services: [written('a'), written('b'), written('c', { account: 'pay' })] }],
    });
    expect(look(campaign, {}).start).toEqual(['a', 'c']);
  });

  it('nothing while it cannot be read how a service stands and the blast radius is used up', () => {
    const campaign = campaignFrom(campaignInput(waves, { blastRadius: { services: 1 } }));
    expect(look(campaign, { a: { at: 'unknown', reason: 'throttled' } }).start).toEqual([]);
  });

  it('nothing in a pause window, and sleeps until it ends', () => {
    const pause = { recurring: [{ name: 'lunch', from: '12:00', to: '12:30', timeZone: 'UTC' }] };
    const decision = look(campaignFrom(campaignInput(waves, { pause })), {});
    expect(decision).toMatchObject({ start: [], outcome: 'underWay', waitSeconds: 1_800 });
    expect(decision.held).toContain('lunch');
  });

  it('is over once every service is complete', () => {
    expect(look(campaignFrom(campaignInput({ all: ['a'] })), { a: completed }).outcome).toBe('completed');
  });
});

describe('once a service has failed', () => {
  const waves = { first: ['a', 'b', 'c'], second: ['d'] };

  it.each([returned, { at: 'returning' as const, reason: 'worse' }, { at: 'refused' as const, reason: 'preflight' }])(
    'as by %j, those under way go back where the file says so',
    (failure) => {
      const campaign = campaignFrom(campaignInput(waves, { onFailure: 'return' }));
      const decision = look(campaign, { a: failure, b: running, c: completed });
      expect(decision).toMatchObject({ start: [], stop: [], bringBack: ['b'], outcome: 'underWay' });
      expect(decision.memory.failedAt).toBe('2026-11-26T12:00:00.000Z');
    },
  );

  it('those under way stay where they stand where the file says so, and are paused once', () => {
    const campaign = campaignFrom(campaignInput(waves, { onFailure: 'stay' }));
    const first = look(campaign, { a: returned, b: running, c: { ...running, pause: 'notYet' } });
    expect(first).toMatchObject({ start: [], stop: ['b'], bringBack: [] });
    const memory = { ...first.memory, stopped: ['b'] };
    const paused = { ...running, paused: true };
    expect(look(campaign, { a: returned, b: paused, c: running }, memory)).toMatchObject({
      stop: ['c'],
      bringBack: [],
    });
  });

  it('one that has used up its pauses goes back, for it could not stay', () => {
    const campaign = campaignFrom(campaignInput(waves, { onFailure: 'stay' }));
    const spent: ServiceState = { ...running, pause: 'never' };
    expect(look(campaign, { a: returned, b: spent })).toMatchObject({ stop: [], bringBack: ['b'] });
    // A person has paused it already, so it stays for as long as that pause lasts.
    expect(look(campaign, { a: returned, b: { ...spent, paused: true } })).toMatchObject({ stop: [], bringBack: [] });
  });

  it('those that stay go back when their time is up, unless a person has resumed them', () => {
    const campaign = campaignFrom(campaignInput(waves, { onFailure: 'stay', stayFor: 'PT1H' }));
    const memory = { failedAt: '2026-11-26T11:00:00.000Z', failed: ['a'], stopped: ['b', 'c'] };
    const decision = look(campaign, { a: returned, b: { ...running, paused: true }, c: running }, memory);
    expect(decision).toMatchObject({ start: [], stop: [], bringBack: ['b'] });
  });

  it('it has failed once nothing is under way', () => {
    const campaign = campaignFrom(campaignInput(waves));
    expect(look(campaign, { a: returned, b: completed, c: returned }).outcome).toBe('failed');
  });
});

/**
 * The pause windows of some of the generated campaigns. Below, every decision is carried out, and then something
 * happens to one service.
 */
const NIGHTS = { recurring: [{ name: 'night', from: '18:00', to: '08:00', timeZone: 'Europe/Berlin' }] };
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
const campaigns = fc
  .record({
    cuts: fc.subarray([1, 2, 3, 4, 5, 6, 7]),
    services: fc.integer({ min: 1, max: 5 }),
    perPlace: fc.integer({ min: 1, max: 5 }),
    onFailure: fc.constantFrom('stay', 'return'),
    accounts: fc.array(fc.constantFrom('shop', 'pay'), { minLength: 8, maxLength: 8 }),
    pauses: fc.boolean(),
  })
  .map(({ cuts, services, perPlace, onFailure, accounts, pauses }) => {
    const edges = [0, ...cuts, names.length];
    const waves = edges.slice(0, -1).map((from, i) => ({
      name: `w${i}`,
      services: names
        .slice(from, edges[i + 1])
        .map((name) => written(name, { account: accounts[names.indexOf(name)] })),
    }));
    return campaignFrom({
      ...campaignInput({}),
      blastRadius: { services, perPlace },
      onFailure,
      waves,
      ...(pauses ? { pause: NIGHTS } : {}),
    });
  });
const happenings = fc.array(
  fc.record({
    pick: fc.nat(),
    what: fc.constantFrom('completed', 'completed', 'completed', 'returning', 'unknown', 'running', 'dies'),
    minutes: fc.integer({ min: 1, max: 400 }),
  }),
  { minLength: 10, maxLength: 60 },
);

describe('whatever happens', () => {
  it('the blast radius holds, no wave begins after a failure or in a pause window, and nothing starts twice', () => {
    fc.assert(
      fc.property(campaigns, happenings, (campaign, events) => {
        const states = new Map<string, ServiceState>();
        const started: string[] = [];
        let memory = NO_MEMORY;
        let now = NOON;
        const { services: most, perPlace = most } = campaign.blastRadius;
        const services = campaignServices(campaign);
        for (const { pick, what, minutes } of events) {
          const failedBefore = [...states.values()].some(({ at }) => at === 'returning' || at === 'returned');
          const decision = decide(campaign, states, memory, now, wallClock);
          memory = { ...decision.memory, stopped: [...decision.memory.stopped, ...decision.stop] };
          if (failedBefore || pauseAtInstant(campaign.pause, now, wallClock) !== null)
            expect(decision.start).toEqual([]);
          for (const name of decision.start) {
            const wave = campaign.waves.findIndex((w) => w.services.some((s) => s.name === name));
            for (const before of campaign.waves.slice(0, wave).flatMap((w) => w.services))
              expect(states.get(before.name)?.at).toBe('completed');
            expect(started).not.toContain(name);
            started.push(name);
            states.set(name, running);
          }
          for (const name of decision.bringBack) states.set(name, returned);
          const moving = services.filter((s) => isUnderWay(states.get(s.name) ?? { at: 'waiting' }));
          expect(moving.length).toBeLessThanOrEqual(most);
          for (const [, inPlace] of Map.groupBy(moving, (s) => servicePlace(campaign, s)))
            expect(inPlace.length).toBeLessThanOrEqual(perPlace);
          // The parent dies and is resumed without its memory. What it reads must be enough.
          if (what === 'dies') memory = NO_MEMORY;
          const subject = moving[pick % Math.max(1, moving.length)];
          if (subject !== undefined && what !== 'dies') {
            const reason = 'it happened';
            const next: Record<string, ServiceState> = {
              completed,
              returning: { at: 'returning', reason },
              unknown: { at: 'unknown', reason },
              running,
            };
            states.set(subject.name, next[what] ?? running);
          }
          now += minutes * 60_000;
        }
      }),
      { numRuns: 300 },
    );
  });
});
