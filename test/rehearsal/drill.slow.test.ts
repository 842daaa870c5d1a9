import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syntheticTraffic } from '../../rehearsal/chaos/synthetic-traffic.ts';
import { type LocalCloud, startCloud } from '../../rehearsal/cloud/cloud.ts';
import type { Assembly } from '../../rehearsal/cloud/template/assembly.ts';
import { sharedAssembly } from '../support/assembly.ts';
import { crossfade } from '../support/cli.ts';

/**
 * Virtual seconds per real second: fast enough for a test, slow enough that a rollback takes virtual seconds rather
 * than minutes.
 */
const SPEED = 60;

let assembly: Assembly;
let cloud: LocalCloud;
let dir: string;
let stopTraffic: () => void;
beforeAll(async () => {
  assembly = await sharedAssembly();
  cloud = await startCloud({ assembly, speed: SPEED, onEvent: () => {} });
  stopTraffic = syntheticTraffic(cloud);
  cloud.run();
  // Preflight requires that every alarm has had data.
  await new Promise((done) => setTimeout(done, cloud.clock.toRealMs(3 * 60_000)));
  dir = mkdtempSync(join(tmpdir(), 'crossfade-drill-'));
  writeFileSync(join(dir, 'deployment.json'), JSON.stringify(cloud.deployment));
});
afterAll(async () => {
  stopTraffic();
  await cloud.stop();
  rmSync(dir, { recursive: true });
});

describe('crossfade drill', () => {
  it('trips a real alarm, is brought back by it, and leaves its figures', async () => {
    const evidence = join(dir, 'drill.json');
    const args = [
      'drill',
      '--deployment',
      join(dir, 'deployment.json'),
      '--name',
      'first-drill',
      '--evidence',
      evidence,
    ];
    const { code, stdout, stderr } = await crossfade(args, cloud.environment);
    expect(stdout + stderr).toContain('Rolled back by gateway-candidate-5xx-ratio');
    expect(code).toBe(0);
    const { seconds } = JSON.parse(readFileSync(evidence, 'utf8'));
    expect(seconds.toRequest).toBeLessThanOrEqual(seconds.toWeights);
    expect(seconds.toWeights).toBeLessThanOrEqual(seconds.toReturn);
    for (const { forward } of cloud.model.rules.values())
      expect(forward.groups.map((g) => g.weight).reduce((a, b) => a + b, 0)).toBe(forward.groups[0]?.weight);
  });

  it('uses the rights that only a drill needs', () => {
    const unused = cloud.access.neverUsed().filter(({ holder }) => /^CutoverFunctionsdrillFn/.test(holder));
    const needed = ['cloudwatch:SetAlarmState', 'dynamodb:PutItem', 'dynamodb:UpdateItem'];
    expect(unused.filter(({ action }) => needed.includes(action))).toEqual([]);
  });

  it('names an alarm that does not roll back', async () => {
    const args = ['drill', '--deployment', join(dir, 'deployment.json'), '--alarm', 'theirs'];
    expect(await crossfade(args, cloud.environment)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('(got "theirs")'),
    });
  });
});
