/** Somebody's own two services in a whole run, with the rules that an owner wrote for what differs between them. */
import { expect, it, onTestFinished } from 'vitest';
import { parsePlan } from '../../core/model/plan.ts';
import { parseRules } from '../../parity/rules/schema.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/rehearsal-plan.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { serve } from '../support/http.ts';
import { paced, wholeRun } from '../support/whole-run.ts';

const PACE = paced({ speed: 90, rps: 400 });

it('own services that differ in a field which an owner’s rule names come to the end', async (context) => {
  const service = (framework: string) =>
    serve((_, response) =>
      response.setHeader('X-Framework', framework).setHeader('Content-Type', 'application/json').end('{"a":1}'),
    );
  const [stable, candidate] = [await service('one'), await service('other')];
  onTestFinished(async () => {
    await Promise.all([stable.stop(), candidate.stop()]);
  });
  const plan = rehearsalPlan(parsePlan({ stages: [{ percent: 100, bake: 'PT1H' }] }), 2, {
    rps: PACE.rps / PACE.speed,
  });
  const rule = {
    id: 'framework',
    kind: 'reclassify',
    severity: 'benign',
    where: { header: 'x-framework' },
    owner: 'shop',
    reason: 'nobody reads it',
    expires: '2099-12-31',
  };
  const options = {
    assembly: await sharedAssembly(),
    candidate: { command: { command: '', args: [] }, label: candidate.url },
    own: { urls: { stable: stable.url, candidate: candidate.url }, health: '/', routes: ['/'] },
    mix: [{ method: 'GET', path: '/', weight: 1, headers: [] }],
    rules: parseRules({ v: 1, rules: [rule] }),
    ...PACE,
  };
  await wholeRun({ title: 'own', plan, fault: null }, options, context, (run) => {
    expect(run.verdict.ok, run.verdict.sentence).toBe(true);
    expect(run.ledger).toMatchObject({ status: 'completed' });
    expect(run.requests.failed).toEqual({});
  });
});
