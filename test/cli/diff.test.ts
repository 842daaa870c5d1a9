import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { answer, har, ndjson, pair } from '../support/captures.ts';
import { CLI, crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const { file } = folder;

const diff = (...args: string[]) => crossfade(['diff', ...args], { TMPDIR: folder.path });
async function json(...args: string[]) {
  const { code, stdout } = await diff('--json', ...args);
  return { code, ...JSON.parse(stdout) };
}

const ALIKE = pair('alike');
const EMPTY = pair('empty', '{"tags":[]}', '{"tags":null}');
const REWRITTEN = pair('rewritten', '{"n":100}', '{"n":100.0}');

describe('crossfade diff over captured pairs', () => {
  it('is clean where both sides answer alike', async () => {
    const { code, stdout } = await diff(await file(ndjson([ALIKE, pair('too')])));
    expect(stdout).toContain('2 captures on 1 route: 2 same, 0 benign, 0 undecided, 0 breaking');
    expect(code).toBe(0);
  });

  it('shows differences by route and cause, with a request to look at and what to change', async () => {
    const { code, stdout } = await diff(
      await file(ndjson([ALIKE, EMPTY, REWRITTEN, { ...EMPTY, requestId: 'again' }]), 'four.ndjson'),
    );
    expect(code).toBe(1);
    expect(stdout).toMatch(/GET \/items\/\{id\} +breaking +null-for-empty-array +2 of 4/);
    expect(stdout).toMatch(/GET \/items\/\{id\} +benign +number-format +1 of 4/);
    expect(stdout).toContain('empty (');
    expect(stdout).toContain('four.ndjson:2) body/tags');
    expect(stdout).toContain('[] → null');
    expect(stdout).toContain('In Go, initialise the slice');
  });

  it('fits the page and has no colour where it is no terminal', async () => {
    const long = { ...EMPTY, route: `GET /${'long/'.repeat(40)}`, requestId: 'x'.repeat(180) };
    const { stdout } = await diff(await file(ndjson([long]), 'page.ndjson'));
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    expect(stdout).not.toContain('\u001b');
  });

  it('does not let what was captured steer the terminal', async () => {
    const { stdout } = await diff(await file(ndjson([{ ...EMPTY, requestId: 'red\u001b[31m\u009b2J' }])));
    expect(stdout).toContain('red\u{fffd}[31m\u{fffd}2J');
  });

  it.each([
    ['undecided differences count', 'header', 'undecided', 1],
    ['undecided differences may be let through', 'header', 'breaking', 0],
    ['benign ones do not count', 'rewritten', 'undecided', 0],
    ['benign ones may be made to', 'rewritten', 'benign', 1],
  ])('%s', async (_name, which, failOn, code) => {
    const headers: [string, string][] = [
      ['Content-Type', 'application/json'],
      ['X-Shop', 'a'],
    ];
    const stable = ALIKE.stable.outcome === 'response' ? { ...ALIKE.stable, headers } : ALIKE.stable;
    const record = which === 'header' ? { ...ALIKE, stable } : REWRITTEN;
    expect(await diff(await file(ndjson([record])), '--fail-on', failOn)).toMatchObject({ code });
  });

  it('names lines that it cannot read, and does not call the rest clean', async () => {
    const lines = [ALIKE, '{"v":2', '', { ...ALIKE, v: 99 }, { ...ALIKE, secret: 1 }, pair('too')];
    const path = await file(ndjson(lines));
    const { code, stdout, stderr } = await diff(path);
    expect(code).toBe(2);
    expect(stderr).toContain('bad input: 3 lines could not be parsed');
    expect(stdout).toContain(`${path}:2 not a JSON object`);
    expect(stdout).toContain(`${path}:4 v: `);
    expect(stdout).toContain(`${path}:5 secret: unknown key`);
    expect((await json(path)).captures).toBe(2);
  });

  it.each([
    ['an indented document', '{\n  "v": 3\n}\n', 'not a JSON object, but begins one: `jq -c .` writes it on one line'],
    ['a list', '[{"v":3},\n{"v":3}]\n', "not a JSON object, but begins a list: `jq -c '.[]'` writes one a line"],
    ['UTF-16', 'x\n{\0"\0', 'not a JSON object, and has bytes of 0: write the file as UTF-8'],
    ['a text', 'no\n{}}', 'not a JSON object'],
  ])('says of %s what to do', async (_, text, reason) => {
    const { unreadable } = await json(await file(text));
    expect(unreadable.first.map((u: { reason: string }) => u.reason)).toContain(reason);
  });

  it('lists the first of many bad lines only', async () => {
    const found = await json(await file(ndjson([ALIKE, ...Array<string>(100).fill('no')])));
    expect(found).toMatchObject({ code: 2, unreadable: { count: 100 } });
    expect(found.unreadable.first.map((u: { line: number }) => u.line)).toEqual(
      Array.from({ length: 20 }, (_, i) => i + 2),
    );
  });

  it('reads plain, gzip, zstd and standard input, patterns and several members alike', async () => {
    const text = ndjson([ALIKE, EMPTY]);
    const of = (n: number) => ndjson([ALIKE, EMPTY].map((one) => ({ ...one, requestId: `${one.requestId}-${n}` })));
    await file(text, 'many-1.ndjson');
    await file(Buffer.concat([gzipSync(of(2)), gzipSync(of(3))]), 'many-2.ndjson.gz');
    await file(Buffer.concat([zstdCompressSync(of(4)), zstdCompressSync(of(5))]), 'many-3');
    expect(await json(join(folder.path, 'many-*'))).toMatchObject({ code: 1, captures: 10, verdicts: { breaking: 5 } });
    const piped = await crossfade(['diff', '-', '--json'], {}, text);
    expect(JSON.parse(piped.stdout)).toMatchObject({ captures: 2, verdicts: { same: 1, breaking: 1 } });
  });

  it('says that a compressed file breaks off, and goes on with the next', async () => {
    const whole = gzipSync(ndjson(Array.from({ length: 200 }, (_, i) => pair(`r${i}`))));
    const broken = await file(whole.subarray(0, whole.length - 20), 'broken.gz');
    const found = await json(broken, await file(ndjson([ALIKE])));
    expect(found.code).toBe(2);
    expect(found.unreadable.first[0]).toMatchObject({
      file: broken,
      reason: expect.stringContaining('cannot be read to its end'),
    });
    expect(found.verdicts.same).toBeGreaterThanOrEqual(1);
    const text = ndjson([ALIKE]);
    const frames = Buffer.concat([zstdCompressSync(text), zstdCompressSync(text)]);
    expect(await json(await file(frames.subarray(0, frames.length - 4), 'broken.zst'))).toMatchObject({ code: 2 });
  });

  it('counts a capture once that stands twice, in one file or in two, and says so', async () => {
    const twice = [EMPTY, ALIKE, EMPTY, { ...EMPTY, requestId: 'other' }];
    const [path, too] = [await file(ndjson(twice), 'twice.ndjson'), await file(ndjson([ALIKE]), 'too.ndjson')];
    const found = await json(path, too, '--threads', '2');
    expect(found).toMatchObject({ captures: 3, verdicts: { same: 1, breaking: 2 } });
    expect(found.notes).toEqual(['2 captures repeat earlier lines of the input and count once.']);
    expect(found.causes[0].samples.map(({ line }: { line: number }) => line)).toEqual([1, 4]);
    const piped = await crossfade(['diff', '-', '--json'], {}, ndjson(twice));
    expect(JSON.parse(piped.stdout)).toMatchObject({
      captures: 4,
      notes: [expect.stringMatching(/^1 capture repeats an earlier line of the input and is counted again/)],
    });
  });

  it('learns no noise from repetitions', async () => {
    const noisy = (i: number) => ({ ...pair(`r${i}`, '{"a":1}', '{"a":2}'), noise: answer('{"a":3}') });
    const lines = [0, 1, 2, 0, 1, 2].map(noisy);
    expect(await json(await file(ndjson(lines)))).toMatchObject({ captures: 3, verdicts: { breaking: 3 } });
    expect(await json(await file(ndjson(lines.map((_, i) => noisy(i)))))).toMatchObject({ verdicts: { breaking: 0 } });
  });

  it('compares a record anew that the transform has judged already', async () => {
    const judged = { ...EMPTY, comparison: { verdict: 'same' } };
    expect(await json(await file(ndjson([judged])))).toMatchObject({ verdicts: { breaking: 1 } });
  });

  it('gives the same answer with one thread and with four', async () => {
    // Long enough that four threads get a piece each.
    const request = { method: 'GET', target: `/items/1?pad=${'x'.repeat(3_500)}` };
    const records = Array.from({ length: 1_000 }, (_, i) => ({
      ...(i % 7 === 0 ? EMPTY : pair(`r${i}`, `{"id":${i}}`)),
      requestId: `r${i}`,
      request,
    }));
    const path = await file(ndjson(records));
    const [one, four] = await Promise.all([json(path, '--threads', '1'), json(path, '--threads', '4')]);
    expect(four).toEqual(one);
    expect(one).toMatchObject({ captures: 1_000, verdicts: { breaking: 143 } });
  });

  it('suppresses what the rules suppress, and names the rules that have expired', async () => {
    const rule = (id: string, expires: string, pointer: string) => {
      const where = { route: '/items/*', pointer };
      return { id, kind: 'reclassify', owner: 'shop', reason: 'known', expires, where, severity: 'benign' };
    };
    const rules = [
      rule('tags', '9999-12-31', '/tags'),
      rule('n', '2020-01-01', '/n'),
      rule('idle', '9999-12-31', '/nowhere'),
      { ...rule('elsewhere', '9999-12-31', '/n'), where: { route: '/items', pointer: '/n' } },
    ];
    const path = await file(JSON.stringify({ v: 1, rules }), 'rules.json');
    const value = pair('value', '{"n":1}', '{"n":2}');
    const found = await json(await file(ndjson([EMPTY, value])), '--rules', path);
    expect(found).toMatchObject({ code: 1, verdicts: { benign: 1, breaking: 1 } });
    expect(found.notes).toEqual([
      'Rule n of shop expired on 2020-01-01 and did not apply.',
      'No request was of a route that rule elsewhere names: routes here are GET /items/{id}.',
      'Nothing was decided by rule idle: nothing differs there, or the pattern names another place.',
    ]);
    expect((await json(await file(ndjson([EMPTY])), '--rules', path)).code).toBe(0);
  });

  it('writes a report that stands alone, with what was captured as text', async () => {
    const report = join(folder.path, 'report.html');
    const hostile = { ...EMPTY, requestId: '<script>alert(1)</script>' };
    await diff(await file(ndjson([hostile])), '--html', report);
    const html = await readFile(report, 'utf8');
    expect(html).toContain('null-for-empty-array');
    expect(html).toContain('&lt;script&gt;alert(1)');
    expect(html).not.toMatch(/<script|<link|src=|https?:/);
  });

  it('writes a report that a narrow screen and a screen reader can use', async () => {
    const report = join(folder.path, 'narrow.html');
    await diff(await file(ndjson([EMPTY])), '--html', report);
    const html = await readFile(report, 'utf8');
    expect(html).toMatch(/<body><main>.*<\/main><\/body>/s);
    expect(html).not.toContain('<th></th>');
    expect(html.match(/<table>/g)).toHaveLength(
      html.match(/<div class="wide" role="region" aria-label="[^"]+" tabindex="0"><table>/g)?.length ?? 0,
    );
    // Code in the advice is marked up as code.
    expect(html).toContain('<code>tags</code>');
    expect(html.replaceAll(/<code>.*?<\/code>/gs, '')).not.toContain('`');
  });

  it('ends with 130 when it is interrupted', async () => {
    const child = spawn(process.execPath, [CLI, 'diff', '-'], { stdio: ['pipe', 'ignore', 'ignore'] });
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    // More than a pipe holds: once all of it is written, the command is reading.
    await new Promise((resolve) => child.stdin.write(ndjson(Array.from({ length: 3_000 }, () => ALIKE)), resolve));
    child.kill('SIGINT');
    expect(await ended).toBe(130);
  });
});

describe('crossfade diff over compressed bodies', () => {
  it('compares what they hold', async () => {
    const squeezed = answer('', {
      headers: [
        ['Content-Type', 'application/json'],
        ['Content-Encoding', 'gzip'],
      ],
      body: { encoding: 'base64', data: gzipSync('{"id":2}').toString('base64'), bytes: 28, truncated: false },
    });
    const path = await file(ndjson([{ ...ALIKE, candidate: squeezed }]));
    expect((await json(path)).causes).toEqual(
      expect.arrayContaining([expect.objectContaining({ cause: 'number-value', severity: 'breaking' })]),
    );
  });
});

describe('crossfade diff refuses, with exit code 2 and the option', () => {
  it.each([
    ['nothing to compare', [], 'name files of captures'],
    ['one log of two', ['--stable', 'a.ndjson'], '--stable and --candidate must be given together'],
    ['pairs and logs at once', ['x', '--stable', CLI, '--candidate', CLI], 'not both'],
    ['a file that is not there', ['none.ndjson'], 'files: none.ndjson does not exist'],
    ['a pattern without a match', ['none-*.ndjson'], 'files: no file matches none-*.ndjson'],
    ['a directory', ['.'], 'files: . is a directory'],
    ['no threads', [CLI, '--threads', '0'], '--threads must be a whole number between 1 and 256 (got "0")'],
    ['a route that is none', [CLI, '--route', 'items'], '--route must be a path template'],
    [
      'a class that it does not know',
      [CLI, '--fail-on', 'noise'],
      "'--fail-on <severity>' argument 'noise' is invalid",
    ],
    [
      'a report that cannot be written',
      [CLI, '--html', '/none/report.html'],
      '--html: /none/report.html cannot be written',
    ],
  ])('%s', async (_name, args, message) => {
    expect(await diff(...args)).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining(message) });
  });

  it('rules that are none, and says what is wrong with each', async () => {
    const path = await file('{"v":1,"rules":[{"id":"a","kind":"ignore"}]}', 'bad-rules.json');
    expect(await diff(CLI, '--rules', path)).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(`--rules: ${path}: rules.0.owner: `),
    });
  });

  it('a HAR for pairs', async () => {
    const path = await file(har([]), 'pairs.har');
    expect(await diff(path)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('is a HAR, which holds one side'),
    });
  });

  it('an input without a pair, once', async () => {
    expect(await diff(await file(''))).toMatchObject({
      code: 2,
      stderr: 'bad input: there is no capture to compare\n',
      stdout: expect.not.stringContaining('bad input'),
    });
  });
});
