import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { crossfade as run } from '../support/cli.ts';
import { serve } from '../support/http.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'crossfade-cli-'));
});
afterAll(() => rm(dir, { recursive: true }));

const crossfade = (...args: string[]) => run(args);

async function planFile(text: string): Promise<string> {
  const file = join(dir, `plan-${Math.random()}.json`);
  await writeFile(file, text);
  return file;
}

describe('crossfade plan', () => {
  it('shows the default plan', async () => {
    const { code, stdout } = await crossfade('plan');
    expect(code).toBe(0);
    expect(stdout).toContain('stage 10 %');
    expect(stdout).toMatch(/at most \d+ events of 25000/);
  });

  it('writes JSON for scripts', async () => {
    const { code, stdout } = await crossfade('plan', '--json', '--rps', '50');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ assumptions: { rps: 50 }, problems: [] });
  });

  it.each([
    ['an unknown key', '{"stagez":[]}', 'stagez: unknown key'],
    [
      'a bad duration',
      '{"stages":[{"percent":100,"bake":"an hour"}]}',
      'stages.0.bake: "an hour" is not an ISO-8601 duration',
    ],
    ['a plan over the history budget', '{"soak":{"observe":"PT1M"}}', '20000 is the budget'],
    ['no JSON', '{', 'is not JSON'],
  ])('refuses %s with exit code 2 and the field', async (_name, text, message) => {
    const { code, stderr } = await crossfade('plan', await planFile(text));
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('refuses a plan that cannot be decided at the given rate', async () => {
    const { code, stderr } = await crossfade('plan', '--rps', '0.1');
    expect(code).toBe(2);
    expect(stderr).toMatch(/stages\.0\.maxHold: at 0\.1 rps this stage needs \d+ s to collect \d+ requests/);
  });

  it('names a file that is not there', async () => {
    const { code, stderr } = await crossfade('plan', join(dir, 'none.json'));
    expect(code).toBe(2);
    expect(stderr).toContain('none.json');
  });
});

describe('crossfade chaos and drill', () => {
  it.each([
    ['no sample', ['chaos', '--sample', '0'], '--sample must be a number between 1 and 100,000 (got "0")'],
    ['more than a drill may move', ['drill', '--percent', '5'], '--percent must be a number between 0 and 1 (got "5")'],
  ])('refuse %s with exit code 2 and the option', async (_name, args, message) => {
    expect(await crossfade(...args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
  });
});

describe('crossfade rehearse', () => {
  it.each([
    ['a fault that it does not know', ['--fault', 'fire@10'], '--fault must be errors=0.2@10'],
    ['a fault at a stage that the plan lacks', ['--fault', 'crash@33'], 'the plan has no stage at 33 %'],
    [
      'chaos that is none',
      ['--chaos', 'ModifyRule=throttle'],
      '--chaos ModifyRule=throttle: expected service.operation=fault@state',
    ],
    ['a speed out of range', ['--speed', '0'], '--speed must be a number between 1 and 600 (got "0")'],
    ['one service of two', ['--stable', 'http://127.0.0.1:1'], '--stable and --candidate must be given together'],
    [
      'a URL that is none',
      ['--stable', 'gateway', '--candidate', 'http://127.0.0.1:1'],
      '--stable must be an http URL (got "gateway")',
    ],
    [
      'a service that cannot be reached',
      ['--stable', 'http://127.0.0.1:1', '--candidate', 'http://127.0.0.1:1'],
      '--stable: cannot reach http://127.0.0.1:1',
    ],
    ['an option that does not exist', ['--fast'], "unknown option '--fast'"],
  ])('refuses %s with exit code 2, before anything is started', async (_name, args, message) => {
    const { code, stdout, stderr } = await crossfade('rehearse', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(stdout).not.toContain('Synthesising');
  });

  it('names a port that is taken, and leaves nothing behind', async () => {
    const taken = await serve((_q, r) => r.end());
    const { code, stderr } = await crossfade('rehearse', '--port', new URL(taken.url).port);
    expect(code).toBe(2);
    expect(stderr).toContain(`--port: ${new URL(taken.url).port} is already in use`);
    await taken.stop();
  });

  it('names the service that is not healthy', async () => {
    const [well, sick] = await Promise.all([serve((_q, r) => r.end('{}')), serve((_q, r) => r.writeHead(500).end())]);
    const { code, stderr } = await crossfade('rehearse', '--stable', well.url, '--candidate', sick.url);
    expect(code).toBe(2);
    expect(stderr).toContain(`--candidate: ${sick.url}/healthz answered 500`);
    await Promise.all([well.stop(), sick.stop()]);
  });
});
