/** Helpers shared by the tests of the local cloud. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { EndpointOptions } from '../../../rehearsal/cloud/wire/endpoint.ts';
import { endpoint } from '../../../rehearsal/cloud/wire/endpoint.ts';
import type { LoadBalancerModel } from '../../../rehearsal/machine/world.ts';
import { listen, stop } from '../../support/http.ts';

export interface Served {
  /** Configuration of an SDK client that talks to the served services. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  stop(): Promise<void>;
}

/** Serves only the given services. The client tries each call once unless a test sets `maxAttempts`. */
export async function serve(options: Partial<EndpointOptions>, maxAttempts = 1): Promise<Served> {
  const server = endpoint({ intercept: () => null, json: {}, query: {}, ...options });
  const url = await listen(server);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return {
    client: { endpoint: url, region: 'local-1', credentials, maxAttempts },
    stop: () => stop(server),
  };
}

export interface Bundle {
  readonly dir: string;
  remove(): void;
}

/** Writes the code asset of a function whose bundle is this module. */
export function bundle(source: string): Bundle {
  const dir = mkdtempSync(join(tmpdir(), 'crossfade-bundle-'));
  writeFileSync(join(dir, 'index.mjs'), source);
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}

export const LISTENER = 'arn:aws:elasticloadbalancing:local-1:000000000000:listener/app/lb/1/2';

/** Returns a load balancer with the target groups `g1` to `g6` and no rules. */
export function loadBalancer(): LoadBalancerModel {
  const healthCheck = {
    path: '/healthz',
    intervalSeconds: 10,
    timeoutSeconds: 5,
    healthyThreshold: 2,
    unhealthyThreshold: 2,
    matcher: '200',
  };
  const targetGroups: LoadBalancerModel['targetGroups'] = new Map();
  for (let i = 1; i <= 6; i++) {
    const arn = `arn:aws:elasticloadbalancing:local-1:000000000000:targetgroup/g${i}/1`;
    targetGroups.set(arn, { arn, fullName: `targetgroup/g${i}/1`, healthCheck, targets: [] });
  }
  return {
    arn: 'arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/lb/1',
    fullName: 'app/lb/1',
    rules: new Map(),
    targetGroups,
  };
}

/**
 * Waits until the condition holds.
 * @throws an assertion error that names the condition if it does not hold in time
 */
export async function until(what: string, holds: () => boolean): Promise<void> {
  await expect.poll(holds, { message: what, interval: 5 }).toBe(true);
}
