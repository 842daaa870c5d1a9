/** Signals, while a command has started a process of its own. */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CLI } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { ended, errorsOf } from './command-process.ts';

const folder = temporaryFolder();

describe('the process of a command', () => {
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
