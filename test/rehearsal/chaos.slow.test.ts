import { beforeAll, describe, expect, it } from 'vitest';
import { sweepRun } from '../../rehearsal/chaos/sweep-run.ts';
import type { Assembly } from '../../rehearsal/cloud/template/assembly.ts';
import { parseChaos } from '../../rehearsal/scenario/aws-faults.ts';
import { sharedAssembly } from '../support/assembly.ts';

describe('a cutover whose AWS calls fail', () => {
  let assembly: Assembly;
  beforeAll(async () => {
    assembly = await sharedAssembly();
  });

  // Some of the most harmful faults. `.ci/run` sweeps a sample of all calls and faults.
  it.each([
    ['elasticloadbalancing.ModifyRule=lose-answer@Shift', false, ['rolled back']],
    ['dynamodb.UpdateItem=garbage@Rollback', true, ['rolled back']],
    ['elasticloadbalancing.DescribeTargetHealth=throttle@Preflight', false, ['refused']],
    ['sns.Publish=fail', false, ['completed', 'rolled back']],
  ])('%s: ends safe, and somebody knows', async (text, redAlarm, outcomes) => {
    const { signal } = new AbortController();
    const result = await sweepRun([parseChaos(text)], { assembly, speed: 240, redAlarm, signal });
    expect(result.injected).toBeGreaterThan(0);
    expect(result).toMatchObject({ safe: true, reported: true });
    expect(outcomes).toContain(result.outcome);
  });
});
