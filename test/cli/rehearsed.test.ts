/** Commands that are given the file of a running rehearsal. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { rehearsedText } from '../../cli/run/running-rehearsal.ts';
import { fromIso } from '../../core/model/time.ts';
import { type Backend, ourBackend } from '../contract/backends.ts';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { SteeredSite } from '../support/steered-site.ts';

const HOUR_MS = 3_600_000;
const folder = temporaryFolder();

let file: string;
let backend: Backend;
let site: SteeredSite;
/** The environment to restore: such a command sets that of the rehearsal for its whole process. */
let before: NodeJS.ProcessEnv;
beforeAll(async () => {
  backend = await ourBackend();
  await mkdir(folder.path, { recursive: true });
  file = join(folder.path, 'live.json');
  site = new SteeredSite(backend, folder.path, 1);
  await site.begin();
  await site.enter('stage');
});
afterAll(() => backend.stop());
beforeEach(() => {
  before = { ...process.env };
});
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

/** @param ahead how far the rehearsal's clock is ahead of this machine's, in milliseconds */
async function live(ahead: number): Promise<void> {
  const endpoint = backend.environment.AWS_ENDPOINT_URL ?? '';
  const clock = { real: Date.now() - ahead, simulated: Date.now() - ahead, speed: 2 };
  await writeFile(
    file,
    rehearsedText({ rehearsal: { endpoint, region: 'local-1', clock }, deployment: site.deployment }),
  );
}

describe('the file of a running rehearsal', () => {
  it('leads commands to its cloud, whatever account the person is in', async () => {
    await live(0);
    const elsewhere = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_PROFILE: 'production', AWS_SESSION_TOKEN: 'x' };
    const { stdout } = await crossfade(['status', '--deployment', file], elsewhere);
    expect(stdout).toContain(`cutover ${site.id} is running`);
    expect(process.env.AWS_PROFILE).toBeUndefined();
  });

  it('brings its clock: a pause of an hour ends an hour after the simulated time', async () => {
    await live(5 * HOUR_MS);
    const asked = Date.now() + 5 * HOUR_MS;
    const paused = await crossfade(['pause', site.id, '--for', 'PT1H', '--deployment', file]);
    expect(paused).toMatchObject({ code: 0 });
    const [pause] = (await site.lease()).steering.pauses;
    expect(Math.abs(fromIso(pause?.until ?? '') - (asked + HOUR_MS))).toBeLessThan(10 * 60_000);
    expect((await crossfade(['status', '--deployment', file])).stdout).toContain('Paused by');
    await live(8 * HOUR_MS);
    expect((await crossfade(['status', '--deployment', file])).stdout).not.toContain('Paused by');
  });
});
