import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { beforeAll, describe, expect, it } from 'vitest';
import { wallClock } from '../../lambdas/zones/index.ts';
import { campaignApplication } from '../../lib/campaign-application.ts';
import { loadAssembly } from '../../rehearsal/cloud/template/index.ts';
import {
  definitionOf,
  type MachineDefinition,
  type Program,
  rehearseCampaign,
} from '../../rehearsal/simulation/index.ts';
import { HALF_HOUR_PLAN } from '../../rehearsal/simulation/scenario/index.ts';
import { campaignInput } from '../support/campaign.ts';
import { sharedProgram } from '../support/program.ts';

let cutover: Program;
let machine: MachineDefinition;
beforeAll(async () => {
  cutover = await sharedProgram();
  const outdir = await mkdtemp(join(tmpdir(), 'campaign-'));
  const app = new App({ outdir });
  campaignApplication(app, ['111122223333', '444455556666']);
  app.synth();
  machine = definitionOf(loadAssembly(outdir));
}, 600_000);

const WAVES = { first: ['a', 'b', 'c'], second: ['d'] };
const SITES = ['a', 'b', 'c', 'd'];
/** The simulation begins on 2026-11-24 at 08:00 UTC. */
const START = Date.parse('2026-11-24T08:00Z');
/** The candidate of b fails half of its requests as soon as it answers any. */
const SICK = [{ type: 'sick', at: 900, site: 'b', share: 0.5, for: 7_200 }] as const;

function campaign(more: object = {}) {
  const input = campaignInput(WAVES, { plans: { quick: HALF_HOUR_PLAN }, ...more });
  const waves = input.waves.map((wave) => ({
    ...wave,
    services: wave.services.map((service) => ({ ...service, plan: 'quick' })),
  }));
  return { ...input, waves };
}

const rehearse = (more: Partial<Parameters<typeof rehearseCampaign>[0]> = {}) =>
  rehearseCampaign({ cutover, machine, campaign: campaign(), sites: SITES, wallClock, ...more });

describe('a whole campaign, with the machines and handlers of all its services on one virtual clock', () => {
  it('moves wave after wave until every service is complete', async () => {
    const { campaigns, services, violations } = await rehearse();
    expect(violations).toEqual([]);
    expect(campaigns).toMatchObject([{ name: 'autumn', status: 'SUCCEEDED' }]);
    expect([...services.values()].map(({ status }) => status)).toEqual(Array(4).fill('completed'));
    expect([...services.values()].map(({ runs }) => runs)).toEqual(SITES.map((name) => [`autumn-${name}`]));
    const first = Math.max(...['a', 'b', 'c'].map((name) => services.get(name)?.startedAt ?? 0));
    expect(services.get('d')?.startedAt).toBeGreaterThan(first);
  });

  it('brings the others of the wave back when one fails, and starts no later wave', async () => {
    const { campaigns, services, violations } = await rehearse({ items: SICK });
    expect(violations).toEqual([]);
    expect(campaigns).toMatchObject([{ name: 'autumn', status: 'FAILED', cause: expect.stringContaining('b failed') }]);
    expect(Object.fromEntries([...services].map(([name, { status }]) => [name, status]))).toEqual({
      a: 'rolled_back',
      b: 'rolled_back',
      c: 'rolled_back',
      d: null,
    });
    // From the failing service's safe weights to the last rollback: one evaluation of the campaign, and the rollback
    // itself.
    const safeAt = (name: string) => Date.parse(services.get(name)?.safeAt ?? '');
    const seconds = (Math.max(safeAt('a'), safeAt('c')) - safeAt('b')) / 1000;
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThan(90);
  });

  it('pauses the others where they stand when the file says so, and brings back what nobody resumes', async () => {
    const { campaigns, services, trace } = await rehearse({
      campaign: campaign({ onFailure: 'stay', stayFor: 'PT1H' }),
      items: SICK,
    });
    expect(campaigns).toMatchObject([{ status: 'FAILED' }]);
    for (const name of ['a', 'c']) {
      const { pausedAt, safeAt, status } = services.get(name) ?? {};
      expect(status).toBe('rolled_back');
      const stayed = Date.parse(safeAt ?? '') - Date.parse(pausedAt ?? '');
      expect(stayed, trace.filter((line) => line.includes(`${name}: log: steering`)).join('\n')).toBeGreaterThan(
        55 * 60_000,
      );
    }
    expect(services.get('d')?.runs).toEqual([]);
  });

  it('that dies is resumed, goes on where it was, and starts nothing twice', async () => {
    const { campaigns, services } = await rehearse({ dies: { at: 600, for: 1_200 } });
    expect(campaigns).toMatchObject([
      { name: 'autumn', status: 'ABORTED' },
      { name: 'autumn_resumed', status: 'SUCCEEDED' },
    ]);
    expect([...services.values()].map(({ runs }) => runs)).toEqual(SITES.map((name) => [`autumn-${name}`]));
    expect([...services.values()].every(({ status }) => status === 'completed')).toBe(true);
  });

  it('takes a service for complete by its execution where its lease was lost while the campaign was dead', async () => {
    const items = [{ type: 'ledger', at: 2_400, site: 'a', ago: null }] as const;
    const { campaigns, services } = await rehearse({ items, dies: { at: 2_350, for: 300 } });
    expect(campaigns.at(-1)).toMatchObject({ name: 'autumn_resumed', status: 'SUCCEEDED' });
    expect(services.get('d')?.status).toBe('completed');
  });

  it('starts nothing before its pause window ends', async () => {
    const lunch = { name: 'morning', from: '07:00', to: '08:30', timeZone: 'UTC' };
    const { services } = await rehearse({ campaign: campaign({ pause: { recurring: [lunch] } }) });
    expect(services.get('a')?.startedAt).toBeGreaterThanOrEqual(START + 30 * 60_000);
  });

  it('is refused before anything starts where it has no room in the limits of AWS', async () => {
    const services = Array.from({ length: 60 }, (_, i) => ({
      ...campaign().waves[0]?.services[0],
      name: `s${i}`,
      ingress: `s${i}`,
    }));
    const { campaigns, services: rehearsed } = await rehearse({
      campaign: { ...campaign({ blastRadius: { services: 60 } }), waves: [{ name: 'all', services }] },
    });
    expect(campaigns).toMatchObject([{ status: 'FAILED', cause: expect.stringContaining('blastRadius.perPlace') }]);
    expect([...rehearsed.values()].every(({ runs }) => runs.length === 0)).toBe(true);
  });
});
