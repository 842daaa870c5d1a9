/**
 * Tests `crossfade campaign` and the campaigns' deployed bundle against LocalStack's Step Functions and STS, with
 * services in two accounts and regions that are reached through the roles of their deployments. Leases are in dynalite.
 * None of our own emulations answers for those two services.
 */
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { CreateStateMachineCommand, SFNClient } from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleModule } from '../../lib/assets/bundle.ts';
import { LocalFunction } from '../../rehearsal/cloud/lambda/lambda.ts';
import { type LocalDynamo, startDynamo } from '../../rehearsal/cloud/services/dynamo.ts';
import { campaignInput, written } from '../support/campaign.ts';
import { type CliResult, crossfade } from '../support/cli.ts';
import { stop } from '../support/http.ts';
import { campaignDefinition } from './campaign-machine.ts';
import { playable } from './executions.ts';
import { atLocalStack, LAMBDA_PORT, LOCALSTACK } from './interpreters.ts';
import { lambdaEndpoint } from './scripted-functions.ts';
import { ServiceSites, type Site } from './service-sites.ts';

const MACHINE = 'crossfade-campaign';

describe.skipIf(LOCALSTACK === undefined)('campaigns over two accounts and regions, on LocalStack', () => {
  const cart: Site = { ingress: 'cart', account: '111122223333', region: 'eu-central-1', fate: 'hold' };
  const pay: Site = { ingress: 'pay', account: '444455556666', region: 'us-west-2', fate: 'hold' };
  const search: Site = { ingress: 'search', account: '111122223333', region: 'eu-central-1', fate: 'hold' };
  let dynamo: LocalDynamo;
  let sites: ServiceSites;
  let look: LocalFunction;
  let lambda: Server;
  let folder: string;
  let environment: Record<string, string>;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'campaigns-'));
    dynamo = await startDynamo();
    sites = new ServiceSites([cart, pay, search], dynamo);
    await sites.deploy(dynamo);
    environment = {
      AWS_ENDPOINT_URL: LOCALSTACK ?? '',
      AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${LAMBDA_PORT}`,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.url,
      AWS_REGION: 'us-east-1',
      AWS_ACCESS_KEY_ID: '000000000000',
      AWS_SECRET_ACCESS_KEY: 'test',
    };
    const arn = await machineOfCampaigns();
    bundleModule([{ in: join(import.meta.dirname, '../../lambdas/campaign.ts'), out: 'index' }], folder);
    look = new LocalFunction(
      { name: 'Look', codeDir: folder, environment: { CROSSFADE_CAMPAIGN_MACHINE: arn }, timeoutSeconds: 60 },
      { clock: { anchor: Date.now(), speed: 1 }, environment, onLine: () => {} },
    );
    lambda = lambdaEndpoint(
      (functionArn, payload) => {
        const name = functionArn.split(':').at(6) ?? functionArn;
        return name === 'Look' ? look.invoke(payload) : sites.invoke(name, payload);
      },
      (name) => sites.environmentOf(name),
    );
    await once(lambda.listen(Number(LAMBDA_PORT), '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    await look?.stop();
    await stop(lambda);
    sites.stop();
    await dynamo.stop();
  });

  /**
   * Creates the machine without a version: executions of campaigns start on the machine itself. It evaluates every
   * second.
   */
  async function machineOfCampaigns(): Promise<string> {
    const definition = playable(await campaignDefinition());
    const { SecondsPath: _seconds, ...wait } = definition.States.Wait ?? { Type: 'Wait' };
    const quick = { ...definition, States: { ...definition.States, Wait: { ...wait, Seconds: 1 } } };
    const { stateMachineArn = '' } = await new SFNClient(atLocalStack()).send(
      new CreateStateMachineCommand({
        name: MACHINE,
        definition: JSON.stringify(quick),
        roleArn: 'arn:aws:iam::000000000000:role/machine',
      }),
    );
    return stateMachineArn;
  }

  const campaign = (...args: string[]) => crossfade(['campaign', ...args], environment);
  async function file(name: string): Promise<string> {
    const path = join(folder, `${name}.json`);
    const first = [written('cart'), written('pay', { account: 'pay', region: 'us-west-2' })];
    const waves = [
      { name: 'first', services: first },
      { name: 'second', services: [written('search')] },
    ];
    await writeFile(path, JSON.stringify({ ...campaignInput({}), name, waves }));
    return path;
  }
  /** Asks until the answer matches every pattern. @throws Error with the last answer */
  async function until(ask: () => Promise<CliResult>, ...found: readonly RegExp[]): Promise<CliResult> {
    let last: CliResult | null = null;
    for (let i = 0; i < 60; i++) {
      last = await ask();
      const { stdout } = last;
      if (found.every((line) => line.test(stdout))) return last;
      await delay(500);
    }
    throw new Error(`${found.join(', ')} was not told:\n${last?.stdout}\n${last?.stderr}`);
  }

  it('start wave after wave, are stopped, and go on without a second start', async () => {
    const autumn = await file('autumn');
    expect(await campaign('start', autumn)).toMatchObject({ code: 0, stdout: 'autumn\n' });
    expect(await campaign('start', autumn)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was started before'),
    });
    const status = () => campaign('status', 'autumn');
    await until(status, /cart .*under way: stage/, /pay .*under way: stage/, /search .*waiting/);
    cart.fate = 'complete';
    pay.fate = 'complete';
    await until(status, /cart .*completed/, /pay .*completed/, /search .*under way/);

    const stopped = await campaign('stop', 'autumn', '--reason', 'lunch');
    expect(stopped).toMatchObject({
      code: 0,
      stdout: expect.stringContaining(
        'Stopped autumn. No further cutover starts, except one that an evaluation may be starting at this moment. 1 under way',
      ),
    });
    expect(await status()).toMatchObject({ code: 1, stdout: expect.stringContaining('Campaign autumn: ABORTED') });
    expect(await campaign('stop', 'autumn', '--reason', 'again')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is not running'),
    });

    expect(await campaign('resume', 'autumn')).toMatchObject({ code: 0, stdout: 'autumn_2\n' });
    await until(status, /RUNNING \(autumn_2\)/, /search .*under way/);
    search.fate = 'complete';
    expect(await until(status, /SUCCEEDED \(autumn_2\)/, /search .*completed/)).toMatchObject({ code: 0 });
    for (const { ingress } of [cart, pay, search]) expect(await sites.runsOf(ingress)).toEqual([`autumn-${ingress}`]);
  });

  it('bring the others of a wave back by their own rollback when one fails, and start no later wave', async () => {
    for (const site of [cart, pay, search]) site.fate = 'hold';
    expect(await campaign('start', await file('winter'))).toMatchObject({ code: 0 });
    const status = () => campaign('status', 'winter');
    await until(status, /cart .*under way: stage/, /pay .*under way: stage/);
    pay.fate = 'fail';
    const ended = await until(status, /FAILED \(winter\)/);
    expect(ended.code).toBe(1);
    for (const line of [
      /cart .*returned: operator campaign winter/,
      /pay .*returned: gate in machine/,
      /search .*waiting/,
    ])
      expect(ended.stdout).toMatch(line);
    expect(await sites.runsOf('search')).toEqual(['autumn-search']);
    expect(await campaign('resume', 'winter')).toMatchObject({ code: 2, stderr: expect.stringContaining('has ended') });
  });
});
