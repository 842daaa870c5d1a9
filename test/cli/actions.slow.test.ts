import { describe, expect, it } from 'vitest';
import {
  answerAt,
  OPERATOR_ACTIONS,
  OPERATOR_PLACES,
  type OperatorAction,
  type OperatorPlace,
} from '../../build/docs/actions.ts';
import { PHASES } from '../../core/model/run-state.ts';
import type { SteeredSite } from '../support/steered-site.ts';
import { steeredSites } from '../support/steered-sites.ts';

const sites = steeredSites();

/** Returns a site whose run is at this place. */
async function siteAt(place: OperatorPlace): Promise<SteeredSite> {
  const site = sites.next();
  if (place === 'nothing has run') {
    await site.deploy();
    return site;
  }
  await site.begin(
    {},
    null,
    place === 'drill' ? { alarm: 'gateway-candidate-5xx-ratio', percent: 1, trippedAt: null } : null,
  );
  const back = { trigger: 'operator', reason: 'a bad build', by: 'ada', at: new Date().toISOString() } as const;
  switch (place) {
    case 'stage, paused':
      await site.enter('stage');
      await site.as('ada', 'pause', site.id);
      return site;
    case 'shadowSignoff':
      await site.ask(undefined, 'shadow');
      return site;
    case 'finalSignoff':
      await site.ask();
      return site;
    case 'rolling back':
      await site.ledger.fence(site.ingressId, back);
      return site;
    case 'rolled back':
      await site.ledger.fence(site.ingressId, back);
      await site.ledger.confirmRollback(await site.lease(), back.at);
      return site;
    case 'completed':
      await site.ledger.complete(await site.lease());
      return site;
    default:
      await site.enter(place);
      return site;
  }
}

function typed(action: OperatorAction, id: string): string[] {
  const [command = '', ...options] = action.split(' ');
  if (action === 'rollback') return [command];
  const needsReason = action === 'abort' || action === 'promote --override';
  return [command, id, ...options, ...(needsReason ? ['--reason', 'seen in the logs'] : [])];
}

describe.each(OPERATOR_PLACES)('where a run stands: %s', (place) => {
  it.each(OPERATOR_ACTIONS)('%s answers as the table says', async (action) => {
    const site = await siteAt(place);
    const before = await site.ledger.read(site.ingressId);
    const { accepted, says } = answerAt(action, place);
    const { code, stdout, stderr } = await site.as('bob', ...typed(action, site.id));
    // No task of an execution waits for the answer to this sign-off, so the answer is permitted but reaches nobody.
    const isSent = accepted && (action === 'approve' || action === 'refuse');
    expect(stdout).toContain(
      isSent ? 'somebody answered it, or it expired, in the meantime' : says.replaceAll('{id}', site.id),
    );
    expect(stdout.endsWith(' Nothing was changed.\n')).toBe(!accepted || isSent);
    expect(stderr).toBe('');
    expect(code).toBe(accepted && !isSent ? 0 : 1);
    if (!accepted) expect(await site.ledger.read(site.ingressId)).toEqual(before);
  });
});

it('the table has every phase of a run', () => {
  const places: readonly string[] = OPERATOR_PLACES;
  // In these two phases the run has ended, and its lease says which.
  const ends = ['complete', 'rollback'];
  expect(PHASES.filter((phase) => !places.includes(phase) && !ends.includes(phase))).toEqual([]);
});
