import { mkdir } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { PageView } from '../../console/view/page-view.ts';
import { type Backend, ourBackend } from '../contract/backends.ts';
import { runCommand } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { SteeredSite } from '../support/steered-site.ts';

const folder = temporaryFolder();
const arn = (user: string) => `arn:aws:iam::000000000000:user/${user}`;

let backend: Backend;
let sequence = 0;
let site: SteeredSite;
beforeAll(async () => {
  backend = await ourBackend();
  await mkdir(folder.path, { recursive: true });
});
afterAll(() => backend.stop());
beforeEach(() => {
  site = new SteeredSite(backend, folder.path, ++sequence);
});

interface Opened {
  view(cutover?: string): Promise<PageView>;
  act(
    action: string,
    reason?: string,
    seen?: { phase: string; stage: number },
  ): Promise<{ done: boolean; text: string }>;
}

/** Runs `crossfade console` as `user`, and calls it as its page does. */
async function opened<T>(user: string, use: (page: Opened) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const link = Promise.withResolvers<string>();
  const run = runCommand(['console', '--deployment', site.file], {
    environment: { ...backend.environment, AWS_ACCESS_KEY_ID: user },
    interruption: stop.signal,
    onWrite: (text) => text.startsWith('http') && link.resolve(text.trim()),
  });
  const url = new URL(await Promise.race([link.promise, run.then(({ stderr }) => Promise.reject(new Error(stderr)))]));
  const send = async (path: string, headers: Record<string, string>, body?: unknown) => {
    const answer = await fetch(`${url.origin}${path}`, {
      headers: {
        ...headers,
        ...(body === undefined ? {} : { origin: url.origin, 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return JSON.parse(await answer.text());
  };
  try {
    const { session } = await send('/session', {}, { token: url.hash.slice('#token='.length) });
    const authorization = `Bearer ${session}`;
    return await use({
      view: (cutover) => send(`/view${cutover === undefined ? '' : `?cutover=${cutover}`}`, { authorization }),
      act: (action, reason = '', seen = { phase: 'stage', stage: 1 }) =>
        send('/action', { authorization }, { action, cutover: site.id, reason, seen }),
    });
  } finally {
    stop.abort();
    expect(await run).toMatchObject({ code: 0 });
  }
}

const offered = ({ runs }: PageView, name: string) => runs[0]?.actions.find((offer) => offer.name === name);

describe('the console over a live ingress', () => {
  it('shows the run, who acts, the weights, the alarms and what may be asked', async () => {
    await site.begin();
    await site.enter('stage');
    await opened('ada', async ({ view }) => {
      const page = await view();
      expect(page).toMatchObject({ mode: 'live', caller: arn('ada'), gaps: [] });
      expect(page.runs[0]).toMatchObject({ cutover: site.id, headline: expect.anything(), clock: 'utc' });
      expect(page.runs[0]?.phases.find(({ state }) => state === 'now')?.name).toBe('Preflight');
      expect(page.runs[0]?.shares.reduce((sum, { percent }) => sum + percent, 0)).toBeCloseTo(100);
      expect(offered(page, 'pause')).toMatchObject({
        refused: null,
        will: expect.arrayContaining([
          expect.stringContaining('Holds stage 10 % of '),
          expect.stringContaining(arn('ada')),
        ]),
      });
      expect(offered(page, 'resume')?.refused).toContain('is not paused');
      expect(offered(page, 'approve')).toBeUndefined();
    });
  });

  it('pauses and resumes as the caller of AWS, with the reason, by the same function as the command', async () => {
    await site.begin();
    await site.enter('stage');
    await opened('ada', async ({ act, view }) => {
      expect(await act('pause', 'a look at the logs')).toMatchObject({
        done: true,
        text: expect.stringContaining('Paused stage 10 % (2 of 6) of '),
      });
      expect((await view()).runs[0]?.facts).toContainEqual([
        'Paused',
        expect.stringContaining(`by ${arn('ada')} until`),
      ]);
      expect(await act('pause')).toMatchObject({ done: false, text: expect.stringContaining('is paused already') });
    });
    expect((await site.ledger.read(site.ingressId))?.steering.pauses).toMatchObject([
      { by: arn('ada'), reason: 'a look at the logs' },
    ]);
    await opened('bob', async ({ act }) => expect(await act('resume')).toMatchObject({ done: true }));
    expect(await site.log.entries(site.id)).toContainEqual(
      expect.objectContaining({ kind: 'steering', by: arn('bob') }),
    );
  });

  it('does nothing to a run that has moved on since the person looked', async () => {
    await site.begin();
    await site.enter('stage');
    await opened('ada', async ({ act }) => {
      for (const action of ['pause', 'promote', 'override', 'retry'])
        expect(await act(action, 'because', { phase: 'shadow', stage: -1 })).toMatchObject({
          done: false,
          text: expect.stringContaining('has moved on since you looked'),
        });
    });
    expect(await site.ledger.read(site.ingressId)).toMatchObject({ steering: { rev: 0 } });
  });

  it('shows the pending sign-off without its token, and gives it by the plan’s rules', async () => {
    await site.begin({}, arn('ada'));
    await site.ask();
    await opened('ada', async ({ act, view }) => {
      const page = await view();
      expect(page.runs[0]?.signoff).toMatchObject({ kind: 'final', evidence: 'errors 0.10 % against 0.10 %' });
      expect(JSON.stringify(page)).not.toContain('nobody waits for it');
      expect(await act('approve', '', { phase: 'finalSignoff', stage: 1 })).toMatchObject({
        done: false,
        text: expect.stringContaining('started this cutover and may not approve it'),
      });
      expect(await act('approve', '', { phase: 'shadowSignoff', stage: -1 })).toMatchObject({
        done: false,
        text: expect.stringContaining('has moved on'),
      });
    });
  });

  it('aborts only with a reason, and shows the way back', async () => {
    await site.begin();
    await site.enter('stage');
    await opened('ada', async ({ act, view }) => {
      for (const action of ['abort', 'rollback', 'override'])
        expect(await act(action, ' ')).toMatchObject({
          done: false,
          text: expect.stringContaining('A reason is needed'),
        });
      expect(await site.ledger.read(site.ingressId)).toMatchObject({ status: 'running' });
      expect(await act('abort', 'a bad build')).toMatchObject({
        done: true,
        text: expect.stringContaining('All traffic is on stable'),
      });
      const page = await view();
      expect(page.runs[0]?.headline.sentence).toContain(
        `ROLLED BACK, all traffic is on stable. Cause: operator ${arn('ada')}: a bad build`,
      );
      expect(offered(page, 'pause')?.refused).toContain('rolled back');
      expect(await act('rollback', 'to be sure')).toMatchObject({ done: true });
    });
  });

  it('says that an earlier cutover is not known', async () => {
    await site.begin();
    await opened('ada', async ({ view }) =>
      expect(await view('yesterday')).toEqual({
        error: expect.stringContaining('There is no earlier cutover "yesterday"'),
      }),
    );
  });
});
