import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationProtocol, ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { DeliveryStream, S3Bucket } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleMirror } from '../../lib/assets/mirror-image.ts';
import { ShadowMirror, type ShadowMirrorProps } from '../../lib/constructs/shadow-mirror.ts';
import { mirrorConfig } from '../../mirror/config/index.ts';
import { startChild } from '../../rehearsal/machine/child.ts';
import { json } from '../mirror/rig.ts';
import { serve } from '../support/http.ts';
import { mirrorCommand } from '../support/mirror-command.ts';

function synthesised(props: Partial<ShadowMirrorProps> = {}): Template {
  const stack = new Stack(new App(), 'Theirs');
  const vpc = new Vpc(stack, 'Vpc') as IVpc;
  const group = (id: string) =>
    new ApplicationTargetGroup(stack, id, {
      vpc,
      port: 80,
      protocol: ApplicationProtocol.HTTP,
      targetType: TargetType.IP,
    });
  const destination = new S3Bucket(new Bucket(stack, 'Bucket') as IBucket);
  new ShadowMirror(stack, 'Mirror', {
    ingressId: 'shop',
    vpc,
    cluster: new Cluster(stack, 'Cluster', { vpc }) as ICluster,
    loadBalancer: new SecurityGroup(stack, 'LoadBalancer', { vpc }),
    forward: group('Forward'),
    reverse: group('Reverse'),
    stableUrl: 'http://stable.internal:8080',
    candidateUrl: 'http://candidate.internal:8080',
    sides: [],
    gatewayPort: 8080,
    stream: new DeliveryStream(stack, 'Stream', { destination }),
    ...props,
  });
  return Template.fromStack(stack);
}

const taskSchema = z.looseObject({
  Properties: z.looseObject({
    ContainerDefinitions: z.array(
      z.looseObject({
        Name: z.string(),
        Environment: z.array(z.object({ Name: z.string(), Value: z.unknown() })).optional(),
      }),
    ),
  }),
});

/** The mirror's environment as its container gets it. */
function environmentOf(template: Template): Record<string, string> {
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map((r) => taskSchema.parse(r));
  const mirror = task?.Properties.ContainerDefinitions.find((container) => container.Name === 'mirror');
  return Object.fromEntries(
    (mirror?.Environment ?? []).map(({ Name, Value }) => [
      Name,
      typeof Value === 'string' ? Value : 'firehose:deployed',
    ]),
  );
}

describe('ShadowMirror', () => {
  it('gives the mirror an environment that the mirror understands, with what was asked for', () => {
    const env = environmentOf(
      synthesised({
        routes: ['/items/{id}'],
        copies: {
          sampleRate: 0.5,
          allow: ['POST /search', 'PUT /items/{id}'],
          allowStable: ['POST /search'],
          bodyCapBytes: 4_096,
          maxInFlight: 7,
          deadline: Duration.seconds(2),
          noiseRate: 0.1,
        },
        redaction: { headers: ['X-Customer'], parameters: ['iban'], jsonPointers: ['/**/email'], keep: ['address'] },
      }),
    );
    expect(mirrorConfig({ ...env, MIRROR_REDACTION_KEY: 'a-key-of-sixteen-bytes' })).toMatchObject({
      ingress: 'shop',
      maxCopies: 7,
      copyDeadlineMs: 2_000,
      policy: {
        sampleRate: 0.5,
        noiseRate: 0.1,
        bodyCap: 4_096,
        allowed: {
          candidate: [
            { method: 'POST', template: '/search' },
            { method: 'PUT', template: '/items/{id}' },
          ],
          stable: [{ method: 'POST', template: '/search' }],
        },
      },
      capture: {
        rules: {
          redaction: { fields: ['x-customer'], parameters: ['iban'], pointers: ['/**/email'], keep: ['address'] },
        },
      },
    });
  });

  it('runs without root, on a read-only disk, on ARM, twice, and has time to end what is under way', () => {
    const template = synthesised();
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
      ContainerDefinitions: Match.arrayWith([
        Match.objectLike({ Name: 'mirror', ReadonlyRootFilesystem: true, StopTimeout: 120 }),
      ]),
    });
    template.hasResourceProperties('AWS::ECS::Service', {
      DesiredCount: 2,
      DeploymentConfiguration: { MinimumHealthyPercent: 100 },
    });
    const { drainDelayMs, drainMs } = mirrorConfig({
      ...environmentOf(template),
      MIRROR_REDACTION_KEY: 'a-key-of-sixteen-bytes',
    });
    expect(drainDelayMs + drainMs).toBeLessThan(120_000);
  });

  it('runs the collector by the digest that was given', () => {
    const collectorImage = `collector@sha256:${'a'.repeat(64)}`;
    synthesised({ collectorImage }).hasResourceProperties('AWS::ECS::TaskDefinition', {
      ContainerDefinitions: Match.arrayWith([Match.objectLike({ Name: 'otel', Image: collectorImage })]),
    });
  });

  it.each<[string, Partial<ShadowMirrorProps>, RegExp]>([
    ['a share above one', { copies: { sampleRate: 5 } }, /copies\.sampleRate.*0 to 1/],
    ['an allowance without a path', { copies: { allow: ['POST'] } }, /copies\.allow.*POST \/search/],
    ['a cap that is none', { copies: { bodyCapBytes: 0 } }, /copies\.bodyCapBytes/],
    ['a place that is no pointer', { redaction: { jsonPointers: ['email'] } }, /redaction\.jsonPointers/],
    ['a route that is no path', { routes: ['items'] }, /routes/],
    ['an image by tag', { collectorImage: 'collector:v1' }, /collectorImage.*sha256/],
  ])('refuses %s, and names the property', (_name, props, message) => {
    expect(() => synthesised(props)).toThrow(message);
  });
});

describe('the mirror’s image', () => {
  it('holds all that its Dockerfile asks for, runs from there and captures', { timeout: 30_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'mirror-image-'));
    const service = await serve(json('{}'));
    try {
      bundleMirror(folder);
      const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
      expect(dockerfile).toMatch(/^ARG BASE=gcr\.io\/distroless\/nodejs24-debian12:nonroot\nFROM \$\{BASE\}$/m);
      const copied = /^COPY (.+) \.\/$/m.exec(dockerfile)?.[1]?.split(' ') ?? [];
      expect(copied.length).toBeGreaterThan(0);
      for (const file of copied) expect(existsSync(join(folder, file)), file).toBe(true);
      const { promise: captured, resolve } = Promise.withResolvers<void>();
      const { args, env } = mirrorCommand(folder);
      expect(env).toMatchObject({ NODE_ENV: 'production' });
      const mirror = await startChild({
        name: 'mirror image',
        command: process.execPath,
        args,
        env: {
          ...env,
          CROSSFADE_INGRESS: 'g',
          MIRROR_BIND: '127.0.0.1',
          MIRROR_FORWARD_PORT: '0',
          MIRROR_REVERSE_PORT: '0',
          MIRROR_HEALTH_PORT: '0',
          MIRROR_STABLE_URL: service.url,
          MIRROR_CANDIDATE_URL: service.url,
          MIRROR_REDACTION_KEY: 'a-key-of-sixteen-bytes',
          MIRROR_SINK: 'ndjson:-',
        },
        onLine: (line) => {
          if (line.includes('"route":"GET /"')) resolve();
        },
      });
      const response = await fetch(`http://127.0.0.1:${mirror.port('forwardPort')}/`);
      expect(await response.text()).toBe('{}');
      await captured;
      await mirror.stop();
    } finally {
      await service.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
