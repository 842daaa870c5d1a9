/** Checks that a rehearsal talks to this machine only, whatever AWS and proxy settings the person who starts it has. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { STSClient } from '@aws-sdk/client-sts';
import { EnvHttpProxyAgent, getGlobalDispatcher, setGlobalDispatcher } from 'undici';
import { expect, it, onTestFinished, vi } from 'vitest';
import { ScaledClock } from '../../rehearsal/clock/clock.ts';
import { startDynamo } from '../../rehearsal/cloud/services/dynamo.ts';
import { startHealthChecks } from '../../rehearsal/dataplane/health.ts';
import { localEnvironment } from '../../rehearsal/machine/local-client.ts';
import type { Target } from '../../rehearsal/machine/world.ts';
import { HEALTH_CHECK } from '../support/health-check.ts';
import { serve } from '../support/http.ts';

const NOBODY = 'http://127.0.0.1:9';

function stubbed(environment: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
}

it('asks for the health of targets past the proxy of NODE_USE_ENV_PROXY', async () => {
  const before = getGlobalDispatcher();
  const proxied = new EnvHttpProxyAgent({ httpProxy: NOBODY, httpsProxy: NOBODY, noProxy: '' });
  setGlobalDispatcher(proxied);
  const { url, stop } = await serve((_req, res) => res.end());
  const target: Target = { host: '127.0.0.1', port: Number(new URL(url).port), health: 'initial' };
  const group = { arn: 'g', fullName: 'targetgroup/g/1', healthCheck: HEALTH_CHECK, targets: [target] };
  const end = startHealthChecks({
    model: { arn: 'lb', fullName: 'app/lb/1', rules: new Map(), targetGroups: new Map([['g', group]]) },
    clock: new ScaledClock({ anchor: Date.now(), speed: 600 }),
    metrics: { record: () => {} },
    healthPort: ({ port }) => port,
  });
  onTestFinished(async () => {
    end();
    setGlobalDispatcher(before);
    await Promise.all([proxied.destroy(), stop()]);
  });
  await expect.poll(() => target.health).toBe('healthy');
});

it('reaches its own table where the person demands FIPS and dual-stack endpoints of AWS', async () => {
  stubbed({ AWS_USE_FIPS_ENDPOINT: 'true', AWS_USE_DUALSTACK_ENDPOINT: 'true' });
  const dynamo = await startDynamo();
  onTestFinished(() => dynamo.stop());
  await expect(dynamo.createTable('ledger')).resolves.toBeUndefined();
});

it('leaves the person’s AWS configuration unread in handlers and in commands that enter it', async () => {
  const home = join(tmpdir(), 'home');
  mkdirSync(join(home, '.aws'), { recursive: true });
  writeFileSync(join(home, '.aws', 'config'), '[default]\nuse_fips_endpoint = true\nuse_dualstack_endpoint = true\n');
  stubbed({ HOME: home, USERPROFILE: home, AWS_CONFIG_FILE: undefined, ...localEnvironment('http://127.0.0.1:4566') });
  const { config } = new STSClient({});
  expect([await config.useFipsEndpoint(), await config.useDualstackEndpoint()]).toEqual([false, false]);
});
