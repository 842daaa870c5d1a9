/** What only a whole process shows: signals, pipes, full disks, and nothing left behind. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, openSync, readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI, spawnCrossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const ended = (child: ChildProcess) => new Promise<number | null>((done) => child.once('exit', done));

async function errorsOf(child: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of child.stderr ?? []) text += String(chunk);
  return text;
}

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

  it('ends quietly when nobody reads on', async () => {
    const child = spawn(process.execPath, [CLI, 'plan', '--json'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout?.destroy();
    const [code, errors] = await Promise.all([ended(child), errorsOf(child)]);
    expect({ code, errors }).toEqual({ code: 0, errors: '' });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'ends with 130 on %s while it synthesises, and leaves nothing',
    async (signal) => {
      const temporary = await mkdtemp(join(folder.path, 'tmp-'));
      const child = spawn(process.execPath, [CLI, 'rehearse', '--report', join(folder.path, 'report.html')], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: { ...process.env, TMPDIR: temporary },
      });
      child.stdout?.once('data', () => child.kill(signal));
      const [code, errors] = await Promise.all([ended(child), errorsOf(child)]);
      expect({ code, errors }).toEqual({ code: 130, errors: '' });
      expect(readdirSync(temporary).filter((name) => name.startsWith('crossfade'))).toEqual([]);
    },
  );
});
