import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../cli/program.ts';
import { type CliResult, crossfade, MemoryTerminal, runCommand } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';
import { FILES } from './bad-input/files.ts';
import { CAMPAIGNS, COMMANDS, JSON_FILES, NUMBERS, OPTIONS, PLANS, type Row, RUNS } from './bad-input/rows.ts';

const folder = temporaryFolder();
beforeAll(async () => {
  await mkdir(folder.path, { recursive: true });
  for (const [name, content] of Object.entries(FILES)) await writeFile(join(folder.path, name), content);
});

/**
 * AWS at an endpoint that refuses connections. No request may be sent: its failure would be mistaken for the answer to
 * bad input.
 */
const NO_AWS = {
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'k',
  AWS_SECRET_ACCESS_KEY: 's',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
};

const argsOf = (typed: Row[0]) =>
  (typeof typed === 'string' ? typed.split(' ') : typed).map((arg) =>
    arg.startsWith('@') ? join(folder.path, arg.slice(1)) : arg,
  );

/** Returns every command of the program, such as `rules put`. */
function documentedCommands(): string[] {
  const named = (command: Command, before: string): string[] =>
    command.commands.length === 0
      ? [`${before}${command.name()}`]
      : command.commands.flatMap((below) => named(below, `${before}${command.name()} `));
  return program(new MemoryTerminal()).commands.flatMap((command) => named(command, ''));
}

/** Checks that the output has nothing that a user must not see. */
function expectReadable({ stdout, stderr }: CliResult): void {
  expect(stderr).not.toMatch(/^ {4}at /m);
  expect(stderr).not.toMatch(/ENOENT|EISDIR|ZodError|SyntaxError:|Crossfade\.\w+:/);
  expect(stdout + stderr).not.toMatch(/(?!\n)\p{Cc}/u);
  // The password in every row that has one.
  expect(stdout + stderr).not.toContain('hunter2');
}

describe('bad input ends with exit code 2 and names the field', () => {
  const rows = [...COMMANDS, ...NUMBERS, ...JSON_FILES, ...PLANS, ...CAMPAIGNS, ...OPTIONS, ...RUNS];

  it.each(rows)('crossfade %j: %s', async (typed, says) => {
    const result = await crossfade(argsOf(typed), NO_AWS);
    expect(result).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
    expect(result.stdout).not.toContain('Synthesising');
    expectReadable(result);
  });

  it('crossfade plan --check names a file that it cannot read once', async () => {
    const file = join(folder.path, 'nowhere.json');
    const { stderr } = await crossfade(['plan', '--check', file]);
    expect(stderr.split(file)).toHaveLength(2);
  });

  it('has a row for each of at least 250 mistakes', () => expect(new Set(rows.map(String)).size).toBeGreaterThan(250));
});

describe('an unknown command', () => {
  it.each(['pausse', 'rollbak', 'aprove', 'refus', 'dril', 'promot', 'abbort', 'strat', 'retri', 'resum'])(
    '%s is not answered by one that moves traffic',
    async (typed) => {
      const { stderr } = await crossfade([typed]);
      expect(stderr).not.toMatch(/rollback|approve|refuse|drill|promote|abort|start|retry|resume/);
      expect(stderr).toContain('crossfade --help');
    },
  );
});

describe('the help of every command', () => {
  it.each(documentedCommands())(
    'crossfade %s: keeps to 80 columns and shows no empty list as a default',
    async (typed) => {
      const { code, stdout, stderr } = await crossfade([...typed.split(' '), '--help']);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).not.toContain('default: []');
      expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    },
  );
});

it.each([
  ['plan', 'plan: .* has more than 256 MiB; is it the file that is meant\\?'],
  ['replay', 'log: .*, line 1 is longer than 16777216 bytes'],
])('crossfade %s refuses a file without an end', async (command, message) => {
  const file = join(folder.path, 'sparse');
  await writeFile(file, '');
  await truncate(file, 257 * 1024 * 1024);
  const { code, stdout, stderr } = await crossfade([command, file]);
  expect({ code, stdout, stderr }).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(message) });
});

describe('good input that looks unusual is accepted', () => {
  it('a plan with a byte order mark', async () => {
    expect(await crossfade(argsOf('plan @bom'))).toMatchObject({ code: 0, stderr: '' });
  });

  it('a plan with its defaults, and as JSON for scripts', async () => {
    const { code, stdout } = await crossfade(['plan']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/stage 10 %.*at most [\d,]+ of the 25,000 events/s);
    const json = await crossfade(['plan', '--json', '--rps', '50']);
    expect(JSON.parse(json.stdout)).toMatchObject({ assumptions: { rps: 50 }, problems: [] });
  });

  it('a plan for rates that wander, with what they cost', async () => {
    const { code, stdout } = await crossfade([
      'plan',
      '--rps',
      '500',
      '--error-rate',
      '0.005',
      '--error-noise',
      '0.25',
    ]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Noise: .*stage 1 % [\d,]+ requests instead of [\d,]+/);
    expect((await crossfade(['plan', '--rps', '500'])).stdout).not.toContain('Noise');
  });
});

describe('crossfade rehearse finds out before anything is started', () => {
  it('that its port is taken', async () => {
    const taken = await serve((_q, r) => r.end());
    const { port } = new URL(taken.url);
    const result = await crossfade(['rehearse', '--port', port, '--report', join(folder.path, 'r.html')]);
    await taken.stop();
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: `--port: ${port} is already in use\n` });
  });

  it('that a service is not healthy', async () => {
    const [well, sick] = await Promise.all([serve((_q, r) => r.end('{}')), serve((_q, r) => r.writeHead(500).end())]);
    const result = await crossfade(['rehearse', '--stable', well.url, '--candidate', sick.url]);
    await Promise.all([well.stop(), sick.stop()]);
    expect(result).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`--candidate: ${sick.url}/healthz answered 500`),
    });
  });

  it.each([
    [
      'redirects to itself',
      serve((q, r) => r.writeHead(302, { Location: q.url ?? '' }).end()),
      'answered 302 instead of 200',
    ],
    ['ends the connection', serve((q) => q.socket.destroy()), 'the port may speak TLS (https://) or another protocol'],
  ])('that a service %s when it is asked for its health', async (_, serving, problem) => {
    const [well, sick] = await Promise.all([serve((_q, r) => r.end('{}')), serving]);
    const result = await crossfade(['rehearse', '--stable', well.url, '--candidate', sick.url]);
    await Promise.all([well.stop(), sick.stop()]);
    expect(result).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(problem) });
  });

  it('that stable serves none of the paths', async () => {
    const closed = await serve((q, r) => r.writeHead(q.url === '/healthz' ? 200 : 401).end());
    const result = await crossfade([
      'rehearse',
      '--stable',
      closed.url,
      '--candidate',
      closed.url,
      '--path',
      '/a',
      '/b',
    ]);
    await closed.stop();
    expect(result).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(
        '--stable: GET /a was answered with 401, and none of the 2 requests that were tried',
      ),
    });
  });

  it('that it has been interrupted', async () => {
    const interrupted = new AbortController();
    const result = await runCommand(['rehearse', '--report', join(folder.path, 'r.html')], {
      environment: { TMPDIR: folder.path },
      interruption: interrupted.signal,
      onWrite: (text) => {
        if (text.includes('Synthesising')) setTimeout(() => interrupted.abort(new Error('Ctrl-C')), 50);
      },
    });
    expect(result).toMatchObject({ code: 130, stderr: '', stdout: expect.stringContaining('Interrupted') });
  });
});
