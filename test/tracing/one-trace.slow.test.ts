import { createServer, type IncomingMessage, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import { ScaledClock } from '../../rehearsal/clock/clock.ts';
import { MetricStore } from '../../rehearsal/cloud/cloudwatch/metric-store.ts';
import { startDataPlane } from '../../rehearsal/dataplane/data-plane.ts';
import { type Child, startChild } from '../../rehearsal/machine/child.ts';
import type { Target } from '../../rehearsal/machine/world.ts';
import { chooseCandidate, EMBEDDED_MIRROR, NODE_GATEWAY, UPSTREAM } from '../../rehearsal/scenario/gateways.ts';
import { loadBalancer } from '../rehearsal/cloud/support.ts';
import { listen, stop } from '../support/http.ts';

/** The part of OTLP/HTTP JSON that identifies a span. https://opentelemetry.io/docs/specs/otlp/ */
const attributes = z.array(
  z.looseObject({ key: z.string(), value: z.looseObject({ stringValue: z.string().optional() }) }),
);
const otlpSchema = z.looseObject({
  resourceSpans: z.array(
    z.looseObject({
      resource: z.looseObject({ attributes }),
      scopeSpans: z.array(
        z.looseObject({
          spans: z.array(
            z.looseObject({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
            }),
          ),
        }),
      ),
    }),
  ),
});

interface Span {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string | undefined;
  readonly name: string;
}

const spans: Span[] = [];
const children: Child[] = [];
let collector: Server;
let ingress: { readonly url: string; stop(): Promise<void> };

beforeAll(async () => {
  collector = createServer(async (req, res) => {
    for (const { resource, scopeSpans } of otlpSchema.parse(JSON.parse(await text(req))).resourceSpans) {
      const service = resource.attributes.find((a) => a.key === 'service.name')?.value.stringValue ?? '';
      for (const span of scopeSpans.flatMap((s) => s.spans)) spans.push({ ...span, service });
    }
    res.end('{}');
  });
  const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: await listen(collector), OTEL_BSP_SCHEDULE_DELAY: '100' };
  const start = async (
    name: string,
    command: Parameters<typeof startChild>[0] | object,
    env: Record<string, string>,
  ) => {
    const child = await startChild({
      ...(command as typeof NODE_GATEWAY),
      name,
      env: { BIND: '127.0.0.1', PORT: '0', ...env },
    });
    children.push(child);
    return child;
  };
  const upstream = await start('upstream', UPSTREAM, {});
  const UPSTREAM_URL = `http://127.0.0.1:${upstream.port('port')}`;
  const stable = await start('stable', NODE_GATEWAY, {
    ...otlp,
    UPSTREAM_URL,
    SIDE: 'stable',
    OTEL_SERVICE_NAME: 'stable',
  });
  const candidate = await start('candidate', (await chooseCandidate()).command, {
    ...otlp,
    UPSTREAM_URL,
    SIDE: 'candidate',
    OTEL_SERVICE_NAME: 'candidate',
  });
  const mirror = await start('mirror', EMBEDDED_MIRROR, {
    ...otlp,
    CROSSFADE_INGRESS: 'gateway',
    MIRROR_BIND: '127.0.0.1',
    MIRROR_FORWARD_PORT: '0',
    MIRROR_REVERSE_PORT: '0',
    MIRROR_HEALTH_PORT: '0',
    MIRROR_STABLE_URL: `http://127.0.0.1:${stable.port('port')}`,
    MIRROR_CANDIDATE_URL: `http://127.0.0.1:${candidate.port('port')}`,
    MIRROR_ROUTES: '/orders/{id}',
    MIRROR_REDACTION_KEY: 'a key for this test only',
    OTEL_SERVICE_NAME: 'mirror',
  });
  const model = loadBalancer();
  const [first] = [...model.targetGroups.values()];
  const target: Target = { host: '127.0.0.1', port: mirror.port('forwardPort'), health: 'healthy' };
  first?.targets.push(target);
  model.rules.set('r', {
    arn: 'r',
    priority: 1,
    conditions: {},
    forward: {
      groups: [{ targetGroupArn: first?.arn ?? '', weight: 100 }],
      stickiness: { enabled: false, durationSeconds: 0 },
    },
  });
  const clock = new ScaledClock({ anchor: Date.now(), speed: 1 });
  ingress = await startDataPlane({ model, clock, metrics: new MetricStore() });
});
afterAll(async () => {
  await ingress.stop();
  await Promise.all(children.map((child) => child.stop()));
  await stop(collector);
});

describe('one request through ingress, mirror and both gateways', () => {
  it('is one trace, whose id is the load balancer’s', async () => {
    const response = await fetch(`${ingress.url}/orders/7`, {
      headers: { 'x-amzn-trace-id': 'Root=1-67891233-abcdef012345678912345678' },
    });
    expect(response.status).toBe(200);
    await response.text();
    // Stopping a process flushes its spans. The mirror, started last, stops first because it still waits for its copy.
    await children.at(-1)?.stop();
    await Promise.all(children.map((child) => child.stop()));
    expect(new Set(spans.map((s) => s.traceId))).toEqual(new Set(['67891233abcdef012345678912345678']));
    expect(spans.map((s) => s.service).sort()).toEqual(['candidate', 'mirror', 'stable']);
    const mirror = spans.find((s) => s.service === 'mirror');
    for (const side of ['stable', 'candidate'])
      expect(spans.find((s) => s.service === side)?.parentSpanId, side).toBe(mirror?.spanId);
    expect(new Set(spans.map((s) => s.name.replace(/:id/, '{id}')))).toEqual(new Set(['GET /orders/{id}']));
  });
});

async function text(req: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of req) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
