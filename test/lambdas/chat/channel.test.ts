import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { cutoverIdSchema } from '../../../core/model/ids.ts';
import { NOTICE_KINDS, type Notice } from '../../../core/model/ports.ts';
import { statusEvent } from '../../../core/status/status-event.ts';
import { type Channel, channelSchema } from '../../../lambdas/chat/channel.ts';
import { postJson } from '../../../lambdas/chat/post-json.ts';
import { makeHandler } from '../../../lambdas/notify.ts';
import { DEPLOYMENT } from '../../support/deployment.ts';

/** What each product documents for a request, as schemas that check what is sent. */
const plain = (most: number) => z.strictObject({ type: z.literal('plain_text'), text: z.string().min(1).max(most) });
const mrkdwn = (most: number) =>
  z.strictObject({
    type: z.literal('mrkdwn'),
    text: z
      .string()
      .min(1)
      .max(most)
      .regex(/^(?![\s\S]*<[!@#])/),
  });
/** https://docs.slack.dev/reference/block-kit/blocks */
const SLACK = z.strictObject({
  channel: z.string().min(1),
  text: z.string().min(1),
  blocks: z
    .array(
      z.discriminatedUnion('type', [
        z.strictObject({ type: z.literal('header'), text: plain(150) }),
        z.strictObject({ type: z.literal('section'), text: mrkdwn(3000) }),
        z.strictObject({ type: z.literal('context'), elements: z.array(mrkdwn(3000)).min(1).max(10) }),
        z.strictObject({
          type: z.literal('actions'),
          elements: z
            .array(z.strictObject({ type: z.literal('button'), text: plain(75), url: z.url().max(3000) }))
            .min(1)
            .max(25),
        }),
      ]),
    )
    .min(1)
    .max(50),
  unfurl_links: z.boolean(),
  thread_ts: z.string().optional(),
  reply_broadcast: z.boolean().optional(),
});
/** https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using */
const TEAMS = z.strictObject({
  type: z.literal('message'),
  attachments: z.tuple([
    z.strictObject({
      contentType: z.literal('application/vnd.microsoft.card.adaptive'),
      contentUrl: z.null(),
      content: z.looseObject({
        type: z.literal('AdaptiveCard'),
        version: z.literal('1.4'),
        body: z.array(z.unknown()).min(1),
      }),
    }),
  ]),
});
/** https://developer.pagerduty.com/docs/send-alert-event */
const PAGERDUTY = z.discriminatedUnion('event_action', [
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('resolve'),
    dedup_key: z.string().min(1).max(255),
  }),
  z.strictObject({
    routing_key: z.string().length(32),
    event_action: z.literal('trigger'),
    dedup_key: z.string().min(1).max(255),
    payload: z.strictObject({
      summary: z.string().min(1).max(1024),
      source: z.string().min(1),
      severity: z.enum(['critical', 'error', 'warning', 'info']),
      timestamp: z.iso.datetime(),
      component: z.string(),
      class: z.string(),
      custom_details: z.record(z.string(), z.unknown()),
    }),
    links: z.array(z.strictObject({ href: z.url(), text: z.string() })),
  }),
]);
const JUDGES = { slack: SLACK, teams: TEAMS, pagerduty: PAGERDUTY };

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
  readonly bytes: number;
}

const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

/** A product on this machine that records what it is sent, and answers as the test says. */
async function product(answer: (asked: Asked) => readonly [status: number, body: string]) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8');
    request.on('data', (part: string) => {
      text += part;
    });
    request.on('end', () => {
      const { url: path = '', headers } = request;
      const each = {
        path,
        authorization: headers.authorization,
        body: JSON.parse(text),
        bytes: Buffer.byteLength(text),
      };
      asked.push(each);
      const [status, body] = answer(each);
      response.writeHead(status, { location: '/elsewhere' }).end(body);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  closes.push(() => new Promise((done) => server.close(done)));
  const { port } = server.address() as AddressInfo;
  return { asked, url: `http://127.0.0.1:${port}/hook` };
}

const SECRETS = { slack: 'xoxb-secret', pagerduty: '0123456789abcdef0123456789abcdef' };
const slackTakes = () => [200, JSON.stringify({ ok: true, ts: '1700000000.000100' })] as const;

async function told(type: Channel['type'], answer: Parameters<typeof product>[0] = slackTakes) {
  const { asked, url } = await product(answer);
  const channel = channelSchema.parse({
    type,
    secretArn: 'arn:secret',
    ...(type === 'slack' ? { channel: 'C0123456789', ledgerTable: 'ledger' } : {}),
    ...(type === 'teams' ? {} : { url }),
  });
  const kept = new Map<string, string>();
  const handler = makeHandler(
    {
      secret: async () => (type === 'teams' ? url : SECRETS[type]),
      post: postJson,
      threads: {
        read: async (thread) => kept.get(thread) ?? null,
        keep: async (thread, ts) => void kept.set(thread, kept.get(thread) ?? ts),
      },
    },
    channel,
  );
  return {
    asked,
    tell: (message: string, subject = '') => handler({ Records: [{ Sns: { Subject: subject, Message: message } }] }),
  };
}

const AT = { id: 'one', at: '2026-11-26T03:00:00.000Z' };
const NOTICE: Notice = {
  kind: 'phase',
  cutoverId: cutoverIdSchema.parse('spring'),
  phase: 'stage 10 %',
  candidatePercent: 10,
  subject: 'Crossfade spring: stage 10 %',
  body: 'Candidate 10 %, verified.',
};
const RULE = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener-rule/app/lb/1/2/3';
const deployed = {
  ...DEPLOYMENT,
  rules: DEPLOYMENT.rules.map((rule) => ({ ...rule, arn: RULE as (typeof rule)['arn'] })),
};
const message = (notice: Partial<Notice> = {}) => JSON.stringify(statusEvent(deployed, { ...NOTICE, ...notice }, AT));
const SIGNOFF: Partial<Notice> = {
  kind: 'signoff',
  signoff: {
    kind: 'final',
    expiresAt: AT.at,
    evidence: 'clean',
    approve: 'npx crossfade approve spring',
    refuse: 'npx crossfade refuse spring',
  },
};
const ALARM = JSON.stringify({
  AlarmName: 'shop-elb-5xx',
  AlarmDescription: 'The load balancer itself answers 5xx.',
  NewStateValue: 'ALARM',
  NewStateReason: 'Threshold Crossed',
  StateChangeTime: '2026-11-26T03:00:00.000+0000',
});

describe.each(['slack', 'teams', 'pagerduty'] as const)('every message to %s', (type) => {
  const messages: [string, string][] = [
    ...NOTICE_KINDS.map((kind): [string, string] => [kind, message({ kind })]),
    ['sign-off', message(SIGNOFF)],
    ['alarm', ALARM],
    ['text', 'hello'],
  ];
  it.each(messages)('is one that the product documents: %s', async (_name, text) => {
    const { asked, tell } = await told(type);
    await tell(text);
    for (const { body } of asked) expect(JUDGES[type].safeParse(body).error).toBeUndefined();
    expect(asked.length).toBeLessThanOrEqual(1);
  });

  it('stays within the limits of the product, whatever its words are', async () => {
    const { asked, tell } = await told(type);
    const words = fc
      .string({ unit: 'grapheme', maxLength: 400 })
      .map((text) => `${text}<!channel> & [x](http://y)`.repeat(20));
    await fc.assert(
      fc.asyncProperty(words, fc.constantFrom(...NOTICE_KINDS), async (body, kind) => {
        await tell(message({ kind, body, subject: body }));
        const last = asked.at(-1);
        if (last === undefined) return;
        expect(JUDGES[type].safeParse(last.body).error).toBeUndefined();
        expect(last.bytes).toBeLessThan(type === 'slack' ? 100_000 : type === 'teams' ? 28_000 : 512_000);
      }),
      { numRuns: 40 },
    );
  });

  it('fails when the product does, and names neither its address nor its secret', async () => {
    const { tell } = await told(type, () => [500, 'no']);
    const failure = await tell(message({ kind: 'rollback' })).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(failure).toMatch(/status 500/);
    expect(failure).not.toMatch(/127\.0\.0\.1|hook|xoxb|0123456789abcdef/);
  });

  it('follows no redirect, which could carry the secret elsewhere', async () => {
    const { asked, tell } = await told(type, () => [307, '']);
    await expect(tell(message({ kind: 'rollback' }))).rejects.toThrow();
    expect(asked).toHaveLength(1);
  });
});

describe('Slack', () => {
  it('has one thread a cutover, begun by its first message', async () => {
    const { asked, tell } = await told('slack');
    await tell(message());
    await tell(message({ kind: 'verified' }));
    await tell(message({ kind: 'phase', cutoverId: cutoverIdSchema.parse('autumn') }));
    const threads = asked.map(({ body }) => SLACK.parse(body).thread_ts);
    expect(threads).toEqual([undefined, '1700000000.000100', undefined]);
    expect(asked[0]?.authorization).toBe('Bearer xoxb-secret');
  });

  it('shows a rollback in the channel, and progress in the thread alone', async () => {
    const { asked, tell } = await told('slack');
    for (const kind of ['phase', 'verified', 'rollback'] as const) await tell(message({ kind }));
    expect(asked.map(({ body }) => SLACK.parse(body).reply_broadcast)).toEqual([undefined, undefined, true]);
  });

  it('fails when Slack refuses with status 200, and says why', async () => {
    const { tell } = await told('slack', () => [200, '{"ok":false,"error":"not_in_channel"}']);
    await expect(tell(message())).rejects.toThrow('Slack refused the message: not_in_channel');
  });

  it('shows both commands of a sign-off and where its evidence is', async () => {
    const { asked, tell } = await told('slack');
    await tell(message(SIGNOFF));
    const text = JSON.stringify(asked[0]?.body);
    expect(text).toContain('npx crossfade approve spring\\nnpx crossfade refuse spring');
    expect(text).toContain('Evidence for the sign-off');
  });
});

describe('PagerDuty', () => {
  const actions = async (...kinds: Notice['kind'][]) => {
    const { asked, tell } = await told('pagerduty', () => [202, '{"status":"success"}']);
    for (const kind of kinds) await tell(message({ kind }));
    return asked.map(({ body }) => PAGERDUTY.parse(body));
  };

  it('wakes nobody for progress, decisions, sign-offs and refused starts', async () => {
    expect(await actions('phase', 'decision', 'signoff', 'refused')).toEqual([]);
  });

  it('wakes somebody for a rollback that waits, urgently, and ends the incident when counts show the return', async () => {
    const [waiting, rolledBack, verified] = await actions('waiting', 'rollback', 'verified');
    expect(waiting).toMatchObject({ event_action: 'trigger', payload: { severity: 'critical' } });
    expect(rolledBack).toMatchObject({ event_action: 'trigger', dedup_key: waiting?.dedup_key });
    expect(verified).toMatchObject({ event_action: 'resolve', dedup_key: waiting?.dedup_key });
  });

  it('is not told of an alarm, whose rollback speaks for it', async () => {
    const { asked, tell } = await told('pagerduty');
    await tell(ALARM);
    expect(asked).toEqual([]);
  });
});
