/**
 * Runs whole rehearsals with a user's own two services: with a rule for a difference between them, over TLS, and with
 * faults in the copies.
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parsePlan } from '../../core/model/plan.ts';
import { parseRules } from '../../parity/rules/schema.ts';
import { parseFault } from '../../rehearsal/scenario/fault.ts';
import { chooseMirror } from '../../rehearsal/scenario/gateways.ts';
import { rehearsalPlan } from '../../rehearsal/scenario/rehearsal-plan.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { certificates } from '../support/certificates.ts';
import { listen, serve, stop } from '../support/http.ts';
import { paced, wholeRun } from '../support/whole-run.ts';

const PACE = paced({ speed: 90, rps: 400 });
const PLAN = rehearsalPlan(parsePlan({ stages: [{ percent: 100, bake: 'PT1H' }] }), 2, { rps: PACE.rps / PACE.speed });
const MIX = [{ method: 'GET', path: '/', weight: 1, headers: [] }];
const OF_OWN = { command: { command: '', args: [] }, label: 'own' };

it('own services that differ in a field which an owner’s rule names come to the end', async (context) => {
  const service = (framework: string) =>
    serve((_, response) =>
      response.setHeader('X-Framework', framework).setHeader('Content-Type', 'application/json').end('{"a":1}'),
    );
  const [stable, candidate] = [await service('one'), await service('other')];
  onTestFinished(async () => {
    await Promise.all([stable.stop(), candidate.stop()]);
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
    candidate: OF_OWN,
    mirror: chooseMirror(process.env),
    own: { urls: { stable: stable.url, candidate: candidate.url }, health: '/', routes: ['/'] },
    mix: MIX,
    rules: parseRules({ v: 1, rules: [rule] }),
    ...PACE,
  };
  await wholeRun({ title: 'own', plan: PLAN, fault: null }, options, context, (run) => {
    expect(run.verdict.ok, run.verdict.sentence).toBe(true);
    expect(run.ledger).toMatchObject({ status: 'completed' });
    expect(run.requests.failed).toEqual({});
  });
});

const made = certificates(mkdtempSync(join(tmpdir(), 'certificates-')));

describe.skipIf(made === null)('own services that speak TLS', () => {
  const secure = async () => {
    const server = createServer({ ...made?.issue('IP:127.0.0.1') }, (_req, res) =>
      res.setHeader('Content-Type', 'application/json').end('{"a":1}'),
    );
    const url = await listen(server);
    onTestFinished(() => stop(server));
    return url.replace('http:', 'https:');
  };
  const options = async () => ({
    assembly: await sharedAssembly(),
    candidate: OF_OWN,
    mirror: chooseMirror(process.env),
    own: {
      urls: { stable: await secure(), candidate: await secure() },
      health: '/',
      routes: ['/'],
      authorities: [made === null ? '' : readFileSync(made.authority, 'utf8')],
    },
    mix: MIX,
    ...PACE,
  });

  it('come to the end', async (context) => {
    await wholeRun({ title: 'TLS', plan: PLAN, fault: null }, await options(), context, (run) => {
      expect(run.verdict.ok, run.verdict.sentence).toBe(true);
      expect(run.ledger).toMatchObject({ status: 'completed' });
      expect(run.requests.failed).toEqual({});
    });
  });

  it('errors of the candidate are found by its copies, before a customer meets one', async (context) => {
    const scenario = { title: 'copies', plan: PLAN, fault: parseFault('errors=0.5@shadow') };
    await wholeRun(scenario, await options(), context, (run) => {
      expect(run.verdict.ok, run.verdict.sentence).toBe(true);
      expect(run.ledger).toMatchObject({ status: 'rolled_back', phase: 'shadow' });
      expect(run.requests.failed).toEqual({});
    });
  });
});
