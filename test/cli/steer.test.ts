import { writeFile } from 'node:fs/promises';
import { request as relay } from 'node:http';
import { text } from 'node:stream/consumers';
import { beforeEach, describe, expect, it } from 'vitest';
import { cutoverIdSchema } from '../../core/model/ids.ts';
import { SAFE_SPLIT, weightsFor } from '../../core/model/split.ts';
import { elbIngress } from '../../lambdas/aws/elb/ingress.ts';
import { crossfade } from '../support/cli.ts';
import { serve } from '../support/http.ts';
import type { SteeredSite } from '../support/steered-site.ts';
import { steeredSites } from '../support/steered-sites.ts';

const arn = (user: string) => `arn:aws:iam::000000000000:user/${user}`;

const sites = steeredSites();

let site: SteeredSite;
beforeEach(() => {
  site = sites.next();
});

const HOUR_MS = 3_600_000;

function hoursFromNow(at: string | null | undefined): number {
  return Math.round((Date.parse(at ?? '') - Date.now()) / HOUR_MS);
}

/** Serves the backend's load balancers with a clock that is an hour ahead of this machine's. */
function anHourAhead() {
  return serve((request, response) => {
    const { url = '/', method = 'GET', headers } = request;
    const sent = relay(new URL(url, sites.backend.environment.AWS_ENDPOINT_URL), { method, headers }, (answer) => {
      response.sendDate = false;
      const date = new Date(Date.now() + HOUR_MS).toUTCString();
      response.writeHead(answer.statusCode ?? 500, { ...answer.headers, date });
      answer.pipe(response);
    });
    request.pipe(sent);
  });
}

describe('steering from the command line', () => {
  it('is kept with the caller’s identity, the reason and the time, and status shows it', async () => {
    await site.begin();
    await site.enter('stage');
    const paused = await site.as('ada', 'pause', site.id, '--reason', 'a look at the logs');
    expect(paused).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(`Paused stage 10 % (2 of 6) of ${site.id} until`),
    });
    const lease = await site.ledger.read(site.ingressId);
    expect(lease?.steering.pauses).toMatchObject([{ by: arn('ada'), reason: 'a look at the logs' }]);
    expect(await site.log.entries(site.id)).toContainEqual(
      expect.objectContaining({ kind: 'steering', by: arn('ada'), phase: 'stage', stage: 1 }),
    );
    expect((await site.as('ada', 'history', site.id)).stdout).toMatch(/Z {2}stage 10 % {7}/);
    expect((await site.as('ada', 'status')).stdout).toContain(`Paused by ${arn('ada')} until`);
    expect(await site.as('bob', 'resume', site.id)).toMatchObject({ code: 0 });
    expect((await site.as('ada', 'status')).stdout).not.toContain('Paused by');
  });

  it('goes by the clock of AWS where this machine’s is an hour behind: a pause of an hour lasts for one', async () => {
    await site.begin();
    await site.enter('stage');
    const ahead = await anHourAhead();
    const paused = await crossfade(['pause', site.id, '--deployment', site.file], {
      ...sites.backend.environment,
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: ahead.url,
    });
    await ahead.stop();
    expect(paused).toMatchObject({ code: 0 });
    const [pause] = (await site.lease()).steering.pauses;
    const hours = [pause?.from, pause?.until].map((at) => hoursFromNow(at));
    expect(hours).toEqual([1, 2]);
  });

  it('records a rollback by that clock as well, by whichever way the deployment is named', async () => {
    await site.begin();
    const ahead = await anHourAhead();
    const back = await crossfade(['rollback', '--deployment', site.file], {
      ...sites.backend.environment,
      AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: ahead.url,
    });
    await ahead.stop();
    expect(back).toMatchObject({ code: 0 });
    const { rollback } = await site.lease();
    const hours = [rollback?.requestedAt, rollback?.confirmedAt].map((at) => hoursFromNow(at));
    expect(hours).toEqual([1, 1]);
  });

  it('keeps no more of a reason than has room, nor a secret in it', async () => {
    await site.begin();
    const reason = `password=hunter2-s3cr3t ${'"'.repeat(100_000)}`;
    const back = await site.as('ada', 'rollback', '--reason', reason);
    expect(back).toMatchObject({ code: 0 });
    const kept = (await site.lease()).rollback?.reason ?? '';
    expect(kept).toMatch(/^password=\[redacted\] "+…$/);
    expect(kept).toHaveLength(2_000);
  });

  it.each([
    ['pause', 'in the preflight phase: there is nothing to pause'],
    ['resume', 'there is nothing to resume'],
    ['promote', 'there is nothing to promote'],
    ['retry', 'there is nothing to retry'],
  ])('refuses %s where it makes no sense, with exit code 1', async (command, says) => {
    await site.begin();
    expect(await site.as('ada', command, site.id)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(new RegExp(`${says}.* Nothing was changed\\.\n$`, 's')),
    });
  });

  it.each(['pause', 'resume', 'promote', 'retry', 'abort'])(
    'never lets %s reach another run than the one named',
    async (command) => {
      await site.begin();
      await site.enter('stage');
      const why = command === 'abort' ? ['--reason', 'wrong'] : [];
      const result = await site.as('ada', command, 'yesterday', ...why);
      expect(result).toMatchObject({
        code: 1,
        stdout: expect.stringMatching(/does not own the ingress.* Nothing was changed\.\n$/),
      });
      expect(await site.ledger.read(site.ingressId)).toMatchObject({ status: 'running', steering: { rev: 0 } });
    },
  );

  it('aborts the run that is named, and leaves one that has ended alone', async () => {
    await site.begin();
    await site.enter('stage');
    const aborted = await site.as('ada', 'abort', site.id, '--reason', 'a bad build');
    expect(aborted).toMatchObject({ code: 0, stdout: expect.stringContaining('All traffic is on stable') });
    expect(await site.ledger.read(site.ingressId)).toMatchObject({
      status: 'rolled_back',
      rollback: { trigger: 'operator', by: arn('ada'), reason: 'a bad build' },
    });
    expect(await site.as('ada', 'abort', site.id, '--reason', 'again')).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('is rolled back and cannot be aborted'),
    });
    expect((await site.as('ada', 'status')).stdout).not.toContain('Candidate 10 %');
  });

  it('says by the exit code of an abort that customers stay until stable has its capacity', async () => {
    await site.begin();
    await site.enter('stage');
    await site.ledger.recordCapacity(await site.lease(), { desired: 2, running: 2, scaling: null }, 'full');
    const candidate = encodeURIComponent(site.deployment.targetGroups.candidate.arn);
    const healthy =
      '<member><Target><Id>10.0.0.1</Id></Target><TargetHealth><State>healthy</State></TargetHealth></member>';
    const balancer = await serve(async (request, response) => {
      const asked = await text(request);
      const health = `<DescribeTargetHealthResponse><DescribeTargetHealthResult><TargetHealthDescriptions>${asked.includes(candidate) ? healthy : ''}</TargetHealthDescriptions></DescribeTargetHealthResult></DescribeTargetHealthResponse>`;
      const all = { method: 'POST', body: asked, headers: { 'content-type': 'application/x-www-form-urlencoded' } };
      const answer = asked.includes('DescribeTargetHealth')
        ? health
        : await (await fetch(sites.backend.environment.AWS_ENDPOINT_URL ?? '', all)).text();
      response.writeHead(200, { 'content-type': 'text/xml' }).end(answer);
    });
    const environment = { ...sites.backend.environment, AWS_ENDPOINT_URL_ELASTIC_LOAD_BALANCING_V2: balancer.url };
    const args = ['abort', site.id, '--reason', 'a bad build', '--deployment', site.file];
    const ingress = elbIngress(sites.backend.elb, site.deployment);
    for (const rule of weightsFor(site.deployment, { candidatePercent: 10, mirror: null })) await ingress.write(rule);
    expect(await crossfade(args, environment)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('NOT rolled back yet: the stable side has 0 of 2 healthy targets'),
    });
    await balancer.stop();
    for (const rule of weightsFor(site.deployment, SAFE_SPLIT)) await ingress.write(rule);
  });

  it('lists runs, newest first, and the decisions of each', async () => {
    expect(await listed(site)).toEqual([]);
    await site.begin({}, arn('ada'));
    await site.as('ada', 'abort', site.id, '--reason', 'a bad build');
    const executionArn = 'arn:second';
    const lease = await site.ledger.read(site.ingressId);
    if (lease === null) throw new Error('the run has begun');
    const { ingressId, intent, heartbeatDueAt } = lease;
    const at = new Date(Date.now() + 1_000).toISOString();
    const cutoverId = cutoverIdSchema.parse('second');
    await site.ledger.claim({
      ingressId,
      cutoverId,
      executionArn,
      at,
      intent,
      heartbeatDueAt,
      drill: null,
      startedBy: null,
      stableGroup: null,
    });
    expect(await listed(site)).toMatchObject([
      { cutover: 'second', status: 'running' },
      { cutover: site.id, status: 'rolled_back', startedBy: arn('ada'), rollback: { reason: 'a bad build' } },
    ]);
    expect((await site.as('ada', 'list')).stdout).toMatch(
      /second .*running.*\n.*rolled back {2}by operator arn:\S+user\/ada: a bad build/,
    );
    const history = await site.as('ada', 'history', site.id);
    expect(history.stdout).toContain('Preflight passed.');
    expect(await site.as('ada', 'history', 'nobody')).toMatchObject({ code: 1 });
  });
});

async function listed(at: SteeredSite): Promise<unknown> {
  await writeFile(at.file, JSON.stringify(at.deployment));
  return JSON.parse((await at.as('ada', 'list', '--json')).stdout);
}

describe('waiting for a run', () => {
  const wait = (what: string, ...more: string[]) =>
    site.as('ada', 'wait', site.id, '--for', what, '--timeout', 'PT1S', '--poll', '0.1', ...more);

  it('ends with 0 when it got there, 1 when it ended otherwise, 4 when the time is up', async () => {
    await site.begin();
    await site.enter('stage');
    expect(await wait('complete')).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('not there after PT1S; it continues'),
    });
    await site.ask();
    expect(await wait('sign-off')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('waiting for its final sign-off'),
    });
    await site.as('ada', 'abort', site.id, '--reason', 'enough');
    expect(await wait('rolled-back')).toMatchObject({ code: 0 });
    expect(await wait('complete')).toMatchObject({ code: 1, stdout: expect.stringContaining('is rolled back') });
    expect(await wait('sign-off')).toMatchObject({ code: 1 });
  });

  it('watches it to its end', async () => {
    await site.begin();
    await site.as('ada', 'abort', site.id, '--reason', 'enough');
    const watched = await site.as('ada', 'watch', site.id);
    expect(watched).toMatchObject({ code: 1, stdout: expect.stringMatching(/Preflight passed\..*is rolled back/s) });
  });
});

describe('a sign-off from the command line', () => {
  it('is shown by status with the evidence, the time and the command, and without its token', async () => {
    await site.begin();
    await site.ask();
    const { stdout } = await site.as('ada', 'status');
    expect(stdout).toMatch(/Waiting for the final sign-off until .*Evidence: errors 0\.10 %/s);
    expect(stdout).toContain(`AWS_REGION=us-east-1 npx crossfade approve ${site.id} --ingress ${site.ingressId}`);
    expect(stdout + (await site.as('ada', 'status', '--json')).stdout).not.toContain('nobody waits for it');
  });

  it('is not given by whoever started the run, unless the plan allows it', async () => {
    await site.begin({}, arn('ada'));
    await site.ask();
    expect(await site.as('ada', 'approve', site.id)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/started this cutover and may not approve it .* Nothing was changed\.\n$/),
    });
  });

  it('needs two persons where the plan says so', async () => {
    await site.begin({ signoff: { approvers: 2, starterMayApprove: true } }, arn('ada'));
    await site.ask();
    expect(await site.as('ada', 'approve', site.id)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('waits for 1 more person'),
    });
    expect(await site.as('ada', 'approve', site.id)).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/approved this sign-off already; it waits for 1 more\. Nothing was changed\.\n$/),
    });
    expect((await site.as('ada', 'status')).stdout).toContain(
      `Approved by ${arn('ada')}; another person must approve too`,
    );
  });

  it('takes no name from an option', async () => {
    expect(await site.as('ada', 'approve', 'first', '--by', 'bob')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown option '--by'"),
    });
  });

  it.each([
    [
      'expired',
      async () => site.ask(-1_000),
      /^The final sign-off of run-\d+ expired at .* without an answer; the cutover rolls back\. Nothing was changed\.\n$/,
    ],
    [
      'a foreign token',
      async () => site.ask(),
      /^The final sign-off of run-\d+ is over: somebody answered it, or it expired, in the meantime\. Nothing was changed\.\n$/,
    ],
    [
      'of a run that went back',
      async () => {
        await site.ask();
        await site.as('bob', 'abort', site.id, '--reason', 'enough');
      },
      /^The final sign-off of run-\d+ is over: the cutover is rolled back\. Nothing was changed\.\n$/,
    ],
    [
      'answered already',
      async () => {
        await site.ask();
        const open = await site.approvals.newest(site.id);
        if (open !== null) await site.approvals.close(open, { answer: 'refuse', by: arn('bob'), at: open.askedAt });
      },
      /^The final sign-off of run-\d+ was rejected by .*user\/bob at .*; it takes one answer only\. Nothing was changed\.\n$/,
    ],
  ])('that is %s gets one plain sentence', async (_name, prepare, says) => {
    await site.begin();
    await prepare();
    for (const command of ['approve', 'refuse'])
      expect(await site.as('ada', command, site.id)).toMatchObject({
        code: 1,
        stderr: '',
        stdout: expect.stringMatching(says),
      });
  });

  it('is not said to be somebody else’s where AWS took the first attempt and lost its own confirmation', async () => {
    await site.begin();
    await site.ask();
    let attempts = 0;
    const states = await serve((request, response) => {
      if (++attempts === 1) request.socket.destroy();
      else response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end('{"__type":"TaskTimedOut"}');
    });
    const environment = { ...sites.backend.environment, AWS_ENDPOINT_URL_SFN: states.url };
    const { code, stdout } = await crossfade(['approve', site.id, '--deployment', site.file], environment);
    await states.stop();
    expect(code).toBe(1);
    expect(stdout).toMatch(/is over, and it is not known by whose answer/);
    expect(stdout).not.toMatch(/Nothing was changed|somebody answered/);
  });
});

describe('crossfade start', () => {
  const start = (answer: string, ...args: string[]) =>
    crossfade(
      ['start', ...args, '--deployment', site.file],
      { ...sites.backend.environment, AWS_ACCESS_KEY_ID: 'ada' },
      answer,
    );

  it('shows the timeline, asks, and leaves everything alone without a yes', async () => {
    await site.begin();
    for (const answer of ['', 'n\n', 'maybe\n']) {
      const result = await start(answer, '--name', 'never');
      expect(result).toMatchObject({ code: 1, stdout: '' });
      expect(result.stderr).toMatch(
        /stage 10 %.*as arn:aws:iam::000000000000:user\/ada.*Start it\? \[y\/N\].*Not started: nothing was changed/s,
      );
    }
  });

  it('says where it could not be started', async () => {
    await site.begin();
    expect(await start('y\n', '--name', 'first')).toMatchObject({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('State Machine Does Not Exist'),
    });
  });
});
