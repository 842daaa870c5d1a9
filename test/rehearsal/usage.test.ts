import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { usedBy } from '../../rehearsal/scenario/usage.ts';

describe.runIf(existsSync('/proc/self/stat'))('what a process has used', () => {
  it('is its own processor time and memory', async () => {
    const here = process.cpuUsage();
    const used = await usedBy(process.pid);
    // /proc counts CPU time in hundredths of a second.
    expect(used?.cpuSeconds).toBeGreaterThan((here.user + here.system) / 1e6 - 0.05);
    expect(used?.mib).toBeGreaterThan(10);
  });

  it('is unknown once it has ended', async () => {
    expect(await usedBy(2 ** 30)).toBeNull();
  });
});
