/**
 * The stable side is asked twice: what varies by itself is not reported as a difference of the candidate, and the
 * temporary files are removed at the end.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AskedService, askedService } from '../support/asked-service.ts';
import { ndjson, pair } from '../support/captures.ts';
import { CLI, crossfade } from '../support/cli.ts';

let dir: string;
/** Folder of the command's temporary files. */
let temporary: string;
const stops: (() => Promise<void>)[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  temporary = await mkdtemp(join(dir, 'tmp-'));
});
afterEach(async () => {
  await Promise.all(stops.splice(0).map((stop) => stop()));
  await rm(dir, { recursive: true });
});

async function service(answer: (line: string) => string | null) {
  const started = await askedService(answer);
  stops.push(started.stop);
  return started;
}

async function requests(count: number): Promise<string> {
  const path = join(dir, 'requests.ndjson');
  const records = Array.from({ length: count }, (_, i) => {
    return { ...pair(`r${i}`), request: { method: 'GET', target: `/items/${i}` } };
  });
  await writeFile(path, ndjson(records));
  return path;
}

const args = (stable: AskedService, candidate: AskedService, ...more: string[]) => {
  const sides = ['--stable', stable.url, '--candidate', candidate.url];
  return ['contract', ...sides, '--rps', '1000', '--noise', ...more];
};
async function json(stable: AskedService, candidate: AskedService, ...more: string[]) {
  const { code, stdout } = await crossfade([...args(stable, candidate, ...more), '--json'], { TMPDIR: temporary });
  return { code, ...JSON.parse(stdout) };
}

const random = () => JSON.stringify({ id: randomUUID(), tags: [] });

describe('crossfade contract --noise', () => {
  it('is clean where only that differs in which the stable side differs from itself', async () => {
    const [stable, candidate] = [await service(random), await service(random)];
    const found = await json(stable, candidate, await requests(5));
    expect(found).toMatchObject({
      code: 0,
      verdicts: { same: 5 },
      noise: [{ route: 'GET /items/{id}', place: 'body/id value', records: 5, both: 5, suppressed: true }],
    });
    expect([stable.asked.length, candidate.asked.length]).toEqual([10, 5]);
    expect(await readdir(temporary)).toEqual([]);
  });

  it('finds what else differs, at its place in the input', async () => {
    const stable = await service(random);
    const candidate = await service((line) =>
      line.endsWith('/2') ? `{"id":"${randomUUID()}","tags":null}` : random(),
    );
    const path = await requests(5);
    const found = await json(stable, candidate, path);
    expect(found).toMatchObject({ code: 1, verdicts: { same: 4, breaking: 1 } });
    expect(found.causes[0]).toMatchObject({
      cause: 'null-for-empty-array',
      samples: [{ file: path, line: 3, requestId: 'replay-r2' }],
    });
  });

  it('counts what it could not read beside what it compared', async () => {
    const [stable, candidate] = [await service(random), await service(random)];
    const path = await requests(5);
    await writeFile(path, 'no\n', { flag: 'a' });
    expect(await json(stable, candidate, path)).toMatchObject({
      code: 2,
      captures: 5,
      verdicts: { same: 5 },
      unreadable: { count: 1, first: [{ line: 6 }] },
    });
  });

  it('keeps second answers in --out, from which crossfade diff learns the same', async () => {
    const [stable, candidate] = [await service(random), await service(random)];
    const out = join(dir, 'out.ndjson');
    const { noise } = await json(stable, candidate, await requests(5), '--out', out);
    expect((await readFile(out, 'utf8')).match(/"noise":/g)).toHaveLength(5);
    const { code, stdout } = await crossfade(['diff', '--json', out]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).noise).toEqual(noise);
  });

  it('does not ask again for what has side effects', async () => {
    const [stable, candidate] = [await service(() => '1'), await service(() => '1')];
    const path = join(dir, 'post.ndjson');
    const request = { method: 'POST', target: '/items', headers: [] };
    await writeFile(path, ndjson([{ ...pair('post'), request, route: 'POST /items' }]));
    expect(await json(stable, candidate, path, '--allow', 'POST:/items')).toMatchObject({ code: 0, captures: 1 });
    expect(stable.lines()).toEqual(['POST /items']);
  });

  it.each(['SIGINT', 'SIGKILL'] as const)('leaves nothing behind after %s', async (signal) => {
    let came = () => {};
    const second = new Promise<void>((resolve) => {
      came = resolve;
    });
    const hung = await service((line) => {
      if (!line.endsWith('/1')) return random();
      came();
      return null;
    });
    const candidate = await service(random);
    const more = [await requests(2), '--concurrency', '1', '--deadline', '60000'];
    const child = spawn(process.execPath, [CLI, ...args(hung, candidate, ...more)], {
      env: { ...process.env, TMPDIR: temporary },
      stdio: 'ignore',
    });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    // The first pair has been captured, and the command waits for the second.
    await Promise.race([second, ended]);
    child.kill(signal);
    expect(await ended).toBe(signal === 'SIGINT' ? 130 : null);
    expect(await readdir(temporary)).toEqual([]);
  });
});
