import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { setTimeout as after } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { portOf, startMirror } from './mirror-process.ts';

const PROCESSES = pathToFileURL(`${import.meta.dirname}/../../mirror/local/processes.ts`).href;

/**
 * Script of a process that keeps two others, a shell and its child, as the mirror keeps Envoy's process 1 and Envoy. It
 * prints their ids once both run.
 */
const KEEPER = `
  import { spawn } from 'node:child_process';
  import { endWithThis } from '${PROCESSES}';
  const child = spawn('sh', ['-c', 'sleep 600 & echo $! $$; wait'], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  endWithThis(child);
  child.stdout.pipe(process.stdout);
  setInterval(() => {}, 1000);
`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it.each(['SIGKILL', 'SIGTERM'] as const)('no proxy is left behind by a mirror that ends by %s', async (signal) => {
  const keeper = spawn(process.execPath, ['--input-type=module', '-e', KEEPER], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = await once(keeper.stdout, 'data');
  const kept = String(said).trim().split(' ').map(Number);
  onTestFinished(() => {
    for (const pid of kept.filter(isAlive)) process.kill(pid, 'SIGKILL');
  });
  expect(kept.filter(isAlive)).toEqual(kept);
  keeper.kill(signal);
  await once(keeper, 'exit');
  for (let tries = 0; tries < 200 && kept.some(isAlive); tries++) await after(50);
  expect(kept.filter(isAlive)).toEqual([]);
});

it('no folder is left behind by a mirror that was stopped, nor by one that could not start; its captures can still be read', async () => {
  const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('mirror-process-'));
  const port = await portOf(createServer((_req, res) => void res.end('ok')));
  const mirror = await startMirror('embedded', { stable: port, candidate: port });
  await fetch(`http://127.0.0.1:${mirror.port}/`);
  await mirror.captured(1);
  expect(folders()).toHaveLength(1);
  await mirror.stop();
  expect(folders()).toEqual([]);
  expect(mirror.captures()).toHaveLength(1);
  const env = { MIRROR_SAMPLE_RATE: '7' };
  await expect(startMirror('embedded', { stable: port, candidate: port, env })).rejects.toThrow('MIRROR_SAMPLE_RATE');
  expect(folders()).toEqual([]);
});
