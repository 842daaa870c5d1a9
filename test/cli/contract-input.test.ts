import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AskedService, askedService } from '../support/asked-service.ts';
import { ndjson, pair } from '../support/captures.ts';
import { crossfade } from '../support/cli.ts';

let dir: string;
let stable: AskedService;
let candidate: AskedService;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
  [stable, candidate] = [await askedService(() => '1'), await askedService(() => '1')];
});
afterAll(() => Promise.all([stable.stop(), candidate.stop(), rm(dir, { recursive: true })]));

async function file(content: string, name = 'requests.ndjson'): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
}

const contract = (...args: string[]) =>
  crossfade(['contract', '--stable', stable.url, '--candidate', candidate.url, ...args]);

describe('crossfade contract refuses, with exit code 2, before anything is sent', () => {
  it.each([
    ['no file', [], 'name at least one file of requests: NDJSON, HAR, mitmproxy, goreplay, OpenAPI, Postman, a flow'],
    ['a file that is not there', ['none.har'], 'files: none.har does not exist'],
    ['a method to allow without a path', ['--allow', 'POST', 'x'], '--allow must be METHOD:/path'],
    ['a field that is none', ['--header', 'no colon', 'x'], `--header must be 'Name: value' (got "no colon")`],
    ['a probe that it does not know', ['--probe', 'slash', 'x'], '--probe must be one of all, path-case'],
    ['no rate', ['--rps', '0', 'x'], '--rps must be a number between 0.01 and 10,000 (got "0")'],
    ['a pointer that is none', ['--redact-json', 'iban', 'x'], '--redact-json must be a JSON pointer'],
  ])('%s', async (_name, args, message) => {
    const result = await contract(...args);
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
    expect([...stable.asked, ...candidate.asked]).toEqual([]);
  });

  it.each([
    ['a document of another kind', 'swagger.yaml', 'swagger: "3.0"', 'is not an OpenAPI document: openapi'],
    ['YAML that is none', 'broken.yaml', 'a: [', 'broken.yaml is not YAML: '],
  ])('%s', async (_name, name, content, message) => {
    const result = await contract(await file(content, name));
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });

  it('URLs that are none, hold credentials, or where nobody listens', async () => {
    const path = await file(ndjson([pair('a')]));
    const to = (candidate: string) => crossfade(['contract', '--stable', stable.url, '--candidate', candidate, path]);
    expect(await to('gateway')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--candidate must be an http'),
    });
    expect((await to('http://me:pw@127.0.0.1')).stderr).toContain('pass credentials with --header');
    expect((await to('http://127.0.0.1:1')).stderr).toContain(
      '--candidate: cannot reach http://127.0.0.1:1/ (ECONNREFUSED)',
    );
    expect(stable.asked).toEqual([]);
  });

  it('an output that is one of its inputs', async () => {
    const content = ndjson([pair('a')]);
    const path = await file(content);
    for (const option of ['--out', '--html'])
      expect(await contract(path, option, path)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`${option}: ${path} is one of the inputs`),
      });
    expect(await readFile(path, 'utf8')).toBe(content);
  });
});
