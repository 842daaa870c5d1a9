/** What a user reads after a rehearsal of their own services. */
import { describe, expect, it } from 'vitest';
import { ownEnding } from '../../cli/rehearse/own-ending.ts';
import { cutoverIdSchema, ingressIdSchema } from '../../core/model/ids.ts';
import { Recorder } from '../../rehearsal/scenario/recorder.ts';
import { serve } from '../support/http.ts';
import { lease } from '../support/ledger-item.ts';

const AT = '2026-11-24T08:00:00.000Z';

function rolledBack(by: string, trigger: 'alarm' | 'gate' | 'watchdog' | 'task' = 'alarm', reason = 'r') {
  const rollback = {
    trigger,
    by,
    reason,
    requestedAt: AT,
    confirmedAt: AT,
    verifiedAt: AT,
    capacityRestoredAt: null,
    owed: [],
  };
  return new Recorder().evidence({
    title: 'Clean cutover',
    ingressId: ingressIdSchema.parse('gateway'),
    cutoverId: cutoverIdSchema.parse('first'),
    startedAt: 0,
    endedAt: 1,
    speed: 60,
    candidate: 'own',
    fault: null,
    log: [],
    lease: lease({ status: 'rolled_back', rollback }),
    execution: null,
    chaos: [],
    survivable: false,
  });
}

async function endingOf(run: ReturnType<typeof rolledBack>, candidateLives = true, rps = 1): Promise<string> {
  const [stable, candidate] = await Promise.all([serve((_q, r) => r.end('{}')), serve((_q, r) => r.end('{}'))]);
  if (!candidateLives) await candidate.stop();
  const urls = { stable: stable.url, candidate: candidate.url };
  const text = (await ownEnding({ urls, health: '/ready', routes: [] }, [run], rps)).join('\n');
  await Promise.all([stable.stop(), ...(candidateLives ? [candidate.stop()] : [])]);
  return text;
}

describe('a rehearsal of own services that failed', () => {
  it.each<readonly [string, 'alarm' | 'gate' | 'task', RegExp, string]>([
    [
      'gateway-parity-mismatch',
      'alarm',
      /Next: compare the answers.* contract FILE --stable http\S+ --candidate http/,
      'r',
    ],
    ['shadow', 'gate', /Next: compare the answers/, 'r'],
    ['gateway-candidate-5xx-ratio', 'alarm', /Next: look for the failed requests in the log of the candidate/, 'r'],
    ['gateway-candidate-latency', 'alarm', /Next: profile the candidate/, 'r'],
    ['gateway-candidate-unhealthy-hosts', 'alarm', /Next: see why a service stopped answering 200 at \/ready/, 'r'],
    ['soak', 'gate', /Next: compare the answers/, 'Parity regressed in reverse shadow: GET /items: 1 of 147'],
    [
      'stage 10 %',
      'gate',
      /Next: look for the failed requests in the log/,
      'Candidate is worse in errors: candidate 18 %',
    ],
    ['soak', 'gate', /Next: profile the candidate/, 'Candidate is worse than the baseline: slow 85 of 1004'],
    [
      'preflight',
      'task',
      /Next: see above why the cutover was refused/,
      'Crossfade.Refused: The cutover is refused: baseline.minRequests: stable answered 0 requests',
    ],
  ])('by %s says what to do', async (by, trigger, next, reason) => {
    const text = await endingOf(rolledBack(by, trigger, reason));
    expect(text).toMatch(next);
    expect(text).toContain('changed nothing else about them');
    expect(text).not.toContain('No longer healthy');
  });

  it('by the watchdog, where a side was not well, says where to look', async () => {
    const text = await endingOf(rolledBack('watchdog', 'watchdog', 'the stable side has no healthy target'));
    expect(text).toMatch(/Next: see why a service stopped answering 200 at \/ready/);
    expect(await endingOf(rolledBack('watchdog', 'watchdog'))).not.toMatch(/stopped answering/);
  });

  it('says that the rate was more than the services take', async () => {
    const run = rolledBack('gateway-parity-mismatch');
    // One minute at sixty times the speed is one real second.
    const slow = { ...run, startedAt: 0, endedAt: 60_000, requests: { ...run.requests, sent: 120 } };
    expect(await endingOf(slow, true, 800)).toMatch(/took 120 of 800 requests a real second.*Lower --rps/);
    expect(await endingOf({ ...slow, requests: { ...run.requests, sent: 700 } }, true, 800)).not.toContain('--rps');
  });

  it('names a service that has ended before all else', async () => {
    const text = await endingOf(rolledBack('gateway-parity-mismatch'), false);
    expect(text).toMatch(/^No longer healthy: --candidate: nothing listens at http/);
    expect(text).toContain('Next: see why it ended, start it, and rehearse again.');
  });
});
