/** What only a whole process shows: exit codes, pipes and full disks. Signals are in `process.slow.test.ts`. */
import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, spawnCrossfade } from '../support/cli.ts';
import { ended, errorsOf } from './command-process.ts';

describe('the process of a command', () => {
  it('ends with the code of the command', async () => {
    expect(await spawnCrossfade(['plan', '--rps', '0'])).toMatchObject({ code: 2, stdout: '' });
  });

  it.runIf(existsSync('/dev/full'))('ends with 1 when what it wrote is lost to a full disk', async () => {
    const child = spawn(process.execPath, [CLI, 'plan'], { stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'] });
    const [code, errors] = await Promise.all([ended(child), errorsOf(child)]);
    expect(errors).toContain('what was to be written is lost');
    expect(code).toBe(1);
  });

  it.skipIf(process.platform === 'win32')(
    'ends with 1 when a file takes only the beginning of what it wrote',
    async () => {
      const line = `ulimit -f 1; exec "${process.execPath}" "${CLI}" plan --json > "${join(tmpdir(), 'plan')}"`;
      const child = spawn('bash', ['-c', line], { stdio: ['ignore', 'ignore', 'pipe'] });
      const [code, errors] = await Promise.all([ended(child), errorsOf(child)]);
      expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('what was to be written is lost') });
    },
  );

  it('reads a plan from standard input', async () => {
    for (const [plan, code] of [
      ['gate:\n  alpha: 0.02\n', 0],
      ['gate:\n  alpha: 2\n', 2],
    ] as const) {
      const child = spawn(process.execPath, [CLI, 'plan', '-'], { stdio: ['pipe', 'ignore', 'pipe'] });
      child.stdin?.end(plan);
      const errors = await errorsOf(child);
      expect({ errors, code: await ended(child) }).toEqual({
        errors: code === 0 ? '' : expect.stringContaining('gate.alpha'),
        code,
      });
    }
  });

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [CLI, 'plan', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout?.destroy();
    const [code, errors] = await Promise.all([ended(child), errorsOf(child)]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });
});
