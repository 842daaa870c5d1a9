/**
 * The processes behind the local load balancer: both sides' tasks, the upstream and the mirror, registered as targets.
 */
import { isIP } from 'node:net';
import { request } from 'undici';
import * as z from 'zod';
import type { GroupRole } from '../../core/model/index.ts';
import { SIDES, type Side } from '../../sides/index.ts';
import type { LocalCloud } from '../cloud/index.ts';
import type { LocalService } from '../cloud/services/index.ts';
import { DIRECT, type Front, startFrontThread } from '../dataplane/index.ts';
import { type Child, startChild, type Target, type TargetGroupModel } from '../machine/index.ts';
import type { FaultSpec } from './fault.ts';
import { type Command, type MirrorChoice, NODE_GATEWAY, UPSTREAM } from './gateways.ts';

export interface FleetOptions {
  readonly cloud: LocalCloud;
  readonly candidate: Command;
  readonly mirror: MirrorChoice;
  /** Somebody's own services in place of the examples. */
  readonly own?: OwnServices;
}

/** Services that are already running. */
export interface OwnServices {
  readonly urls: Readonly<Record<Side, string>>;
  /** Path that answers 200 while the service is healthy. */
  readonly health: string;
  /** Route templates, such as `/items/{id}`. */
  readonly routes: readonly string[];
  /** Trusted certificates (PEM), if they speak TLS. @default those that Node trusts */
  readonly authorities?: readonly string[];
}

interface Task {
  readonly child: Child;
  readonly target: Target;
}

const EXAMPLE_ROUTES = ['/items', '/items/{id}', '/orders/{id}'];

/** Keys the redaction of this run's captures, which are deleted with the run. */
const REHEARSAL_REDACTION_KEY = 'rehearsal-only-redaction-key';

export class Fleet {
  readonly #options: FleetOptions;
  readonly #tasks: Record<Side, Task[]> = { stable: [], candidate: [] };
  /** Fronts before somebody's own services. */
  readonly #fronts = new Map<Side, Front>();
  readonly #others: Child[] = [];
  #upstreamUrl = '';
  #mirror: { readonly child: Child; readonly healthPort: number } | undefined;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { own } = this.#options;
    if (own === undefined) {
      const upstream = await this.#child('upstream', UPSTREAM, { PORT: '0' });
      this.#others.push(upstream);
      this.#upstreamUrl = `http://127.0.0.1:${upstream.port('port')}`;
      await Promise.all(SIDES.map((side) => this.#fill(side, this.#service(side)?.desired ?? 1)));
    } else {
      for (const side of SIDES) {
        const front = await startFrontThread(frontOf(own, side));
        this.#fronts.set(side, front);
        const target: Target = { host: '127.0.0.1', port: front.port, health: 'initial' };
        // One process represents all tasks of the service, and is registered once for each.
        for (let i = 0; i < (this.#service(side)?.desired ?? 1); i++) this.#group(side).targets.push({ ...target });
      }
    }
    await this.#startMirror(this.#options);
  }

  /** The port of a target's health check. */
  healthPort(target: Target): number {
    return this.#mirror !== undefined && target.port !== 0 && this.#isMirror(target)
      ? this.#mirror.healthPort
      : target.port;
  }

  /** For somebody's own services; the mirror and the examples use the group's. */
  healthPath(target: Target): string | undefined {
    return this.#isMirror(target) ? undefined : this.#options.own?.health;
  }

  /** The side that answers in a group; behind the mirror, the side to which it passes customers. */
  sideOf(group: TargetGroupModel): Side | undefined {
    if (group === this.#group('stable') || group === this.#group('mirrorForward')) return 'stable';
    if (group === this.#group('candidate') || group === this.#group('mirrorReverse')) return 'candidate';
    return undefined;
  }

  /** Processes that represent the service's tasks; empty for somebody's own service. */
  pidsOf(service: LocalService): number[] {
    const side = this.#sideOf(service);
    return side === null ? [] : this.#tasks[side].map(({ child }) => child.pid);
  }

  /** Starts or stops tasks until as many run as the service wants. */
  async scale(service: LocalService): Promise<void> {
    const side = this.#sideOf(service);
    if (side === null || this.#options.own !== undefined) return;
    const extra = this.#tasks[side].splice(service.desired);
    const group = this.#group(side);
    for (const { target, child } of extra) {
      target.health = 'draining';
      group.targets.splice(group.targets.indexOf(target), 1);
      await child.stop();
    }
    await this.#fill(side, service.desired);
    service.running = this.#tasks[side].length;
  }

  async inject(fault: FaultSpec['inject']): Promise<void> {
    if (fault === 'mirror-crash') {
      this.#killMirror();
      return;
    }
    const front = this.#fronts.get('candidate');
    if (fault === 'crash') await front?.stop();
    else front?.inject(fault);
    for (const { child } of this.#tasks.candidate) {
      if (fault === 'crash') child.kill();
      else
        await request(`http://127.0.0.1:${child.port('faultPort')}/fault`, {
          dispatcher: DIRECT,
          method: 'POST',
          body: JSON.stringify(fault),
        }).then(({ body }) => body.dump());
    }
  }

  /** If the mirror is Envoy with its recorder, Envoy passes customers on. */
  #killMirror(): void {
    const child = this.#mirror?.child;
    const envoy = z.number().safeParse(child?.listening.envoyPid);
    // Together with its process 1, whose group it is in, like the end of a container.
    if (envoy.success) process.kill(-envoy.data, 'SIGKILL');
    else child?.kill();
  }

  async stop(): Promise<void> {
    const all = [...this.#tasks.stable, ...this.#tasks.candidate].map((t) => t.child);
    await Promise.all([...all, ...this.#others, ...this.#fronts.values()].map((each) => each.stop()));
  }

  async #fill(side: Side, desired: number): Promise<void> {
    const missing = desired - this.#tasks[side].length;
    const started = await Promise.all(Array.from({ length: Math.max(0, missing) }, () => this.#gateway(side)));
    for (const child of started) {
      const target: Target = { host: '127.0.0.1', port: child.port('port'), health: 'initial' };
      this.#tasks[side].push({ child, target });
      this.#group(side).targets.push(target);
    }
  }

  #gateway(side: Side): Promise<Child> {
    const command = side === 'stable' ? NODE_GATEWAY : this.#options.candidate;
    const env = {
      PORT: '0',
      SIDE: side,
      CROSSFADE_INGRESS: this.#options.cloud.deployment.ingressId,
      EXPOSE_SIDE: '1',
      UPSTREAM_URL: this.#upstreamUrl,
      FAULT_PORT: '0',
      LOG_LEVEL: 'silent',
      EMF_INTERVAL_MS: '250',
    };
    return this.#child(`${side} gateway`, command, env);
  }

  async #startMirror({ cloud, mirror: { command, env } }: FleetOptions): Promise<void> {
    const first = (side: Side) => {
      const [target] = this.#group(side).targets;
      return `http://${target?.host}:${target?.port}`;
    };
    const mirror = await this.#child('mirror', command, {
      ...cloud.mirrorEnvironment,
      ...env,
      CROSSFADE_INGRESS: cloud.deployment.ingressId,
      MIRROR_BIND: '127.0.0.1',
      MIRROR_FORWARD_PORT: '0',
      MIRROR_REVERSE_PORT: '0',
      MIRROR_HEALTH_PORT: '0',
      MIRROR_STABLE_URL: first('stable'),
      MIRROR_CANDIDATE_URL: first('candidate'),
      MIRROR_SINK: `firehose:${cloud.streamName}`,
      MIRROR_ROUTES: (this.#options.own?.routes ?? EXAMPLE_ROUTES)
        .filter((route) => /^\/[^\s,]*$/.test(route))
        .join(','),
      MIRROR_REDACTION_KEY: REHEARSAL_REDACTION_KEY,
      MIRROR_FLUSH_MS: '200',
      // Its usual ten seconds would be ten minutes of simulated time.
      MIRROR_METRICS_MS: '500',
      // No customers are left when it is stopped.
      MIRROR_DRAIN_MS: '500',
    });
    this.#others.push(mirror);
    const target = (port: number): Target => ({ host: '127.0.0.1', port, health: 'initial' });
    this.#mirror = { child: mirror, healthPort: mirror.port('healthPort') };
    this.#group('mirrorForward').targets.push(target(mirror.port('forwardPort')));
    this.#group('mirrorReverse').targets.push(target(mirror.port('reversePort')));
  }

  #child(name: string, { command, args }: Command, env: Readonly<Record<string, string>>): Promise<Child> {
    const { cloud } = this.#options;
    const onLine = (line: string) => void cloud.metrics.ingestEmf(line, cloud.clock.now());
    return startChild({ name, command, args, env: { BIND: '127.0.0.1', ...env }, onLine });
  }

  #isMirror(target: Target): boolean {
    return (['mirrorForward', 'mirrorReverse'] as const).some((role) => this.#group(role).targets.includes(target));
  }

  #group(role: GroupRole) {
    const { deployment, model } = this.#options.cloud;
    const group = model.targetGroups.get(deployment.targetGroups[role]?.arn ?? '');
    if (group === undefined) throw new RangeError(`the assembly has no target group ${role}`);
    return group;
  }

  /** null for a service that is neither side, such as the mirror or the upstream. */
  #sideOf(service: LocalService): Side | null {
    return SIDES.find((side) => this.#service(side) === service) ?? null;
  }

  #service(side: Side): LocalService | undefined {
    const { deployment, services } = this.#options.cloud;
    return services.find(({ name }) => name === deployment.services?.[side].service);
  }
}

/**
 * Services behind a name are often distinguished by the requested host; a service at an address answers for any host.
 */
function frontOf({ urls, authorities }: OwnServices, side: Side) {
  const { host, hostname, href: url } = new URL(urls[side]);
  const named = isIP(hostname.replace(/^\[(.*)\]$/, '$1')) === 0 && hostname !== 'localhost';
  return { url, authorities, host: named ? host : undefined };
}
