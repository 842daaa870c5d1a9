/**
 * What varies between the stable side's own answers is not reported as a difference of the candidate, and nothing else
 * is suppressed.
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compareCapturesOf } from '../../cli/compare/diff/compare-captures.ts';
import { findInputs } from '../../cli/compare/inputs/inputs.ts';
import { askedTwice, ndjson, pair } from '../support/captures.ts';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const { file } = folder;

async function json(...args: string[]) {
  const { code, stdout } = await crossfade(['diff', '--json', ...args]);
  return { code, ...JSON.parse(stdout) };
}

const ROUTE = 'GET /items/{id}';
/** A capture whose field `at` differs in every answer. */
const noisy = (i: number) => askedTwice(`r${i}`, `{"at":${3 * i}}`, `{"at":${3 * i + 1}}`, `{"at":${3 * i + 2}}`);
const many = (count: number, make: (i: number) => unknown) => Array.from({ length: count }, (_, i) => make(i));
const AT = { route: ROUTE, place: 'body/at value' };

describe('crossfade diff over pairs with second stable answers', () => {
  it('is clean where only that differs in which the stable side differs from itself, and says so', async () => {
    const path = await file(ndjson(many(5, noisy)));
    const found = await json(path);
    expect(found).toMatchObject({ code: 0, clean: true, verdicts: { same: 5 } });
    expect(found.conclusion).toContain('1 location suppressed as noise');
    expect(found.noise).toEqual([
      { ...AT, records: 5, both: 5, onlyStable: 0, onlyCandidate: 0, suppressed: true, tooFew: false },
    ]);
    expect(found.causes).toMatchObject([{ cause: 'number-value', severity: 'noise', captures: 5 }]);
  });

  it('lets nothing off with --no-noise', async () => {
    const found = await json('--no-noise', await file(ndjson(many(5, noisy))));
    expect(found).toMatchObject({ code: 1, verdicts: { breaking: 5 }, noise: [] });
  });

  it('lets it off in pairs without a second answer as well', async () => {
    const found = await json(await file(ndjson([...many(5, noisy), pair('once', '{"at":1}', '{"at":2}')])));
    expect(found).toMatchObject({ code: 0, captures: 6, noise: [{ ...AT, records: 5, both: 5 }] });
  });

  it('does not suppress a place in which the candidate differs more often, and says that it is not', async () => {
    const rare = (i: number) => askedTwice(`r${i}`, '{"at":1}', '{"at":2}', i < 5 ? '{"at":3}' : '{"at":1}');
    const path = await file(ndjson(many(30, rare)));
    expect(await json(path)).toMatchObject({
      code: 1,
      verdicts: { breaking: 30 },
      noise: [{ ...AT, records: 30, both: 5, onlyStable: 0, onlyCandidate: 25, suppressed: false, tooFew: false }],
    });
    const { stdout } = await crossfade(['diff', path]);
    expect(stdout).toContain(
      '0 locations suppressed, 1 not\n  A location is suppressed only if stable varied there in',
    );
    expect(stdout).toContain(`NOT suppressed: ${ROUTE} body/at value`);
  });

  it('does not suppress that something was not compared, though the stable side does it as well', async () => {
    const found = await json(await file(ndjson([askedTwice('cut', '{"at":', '{"at"', '{"a')])));
    expect(found).toMatchObject({
      code: 1,
      verdicts: { breaking: 1 },
      noise: [{ place: 'body malformed-json', both: 1, suppressed: false }],
    });
  });

  it.each([
    ['another type', '"soon"'],
    ['null', 'null'],
  ])('still finds %s at a noisy place', async (_name, value) => {
    const typed = askedTwice('typed', '{"at":1}', `{"at":${value}}`, '{"at":3}');
    const found = await json(await file(ndjson([...many(40, noisy), typed])));
    expect(found).toMatchObject({ code: 1, verdicts: { same: 40, breaking: 1 } });
    expect(found.causes[0]).toMatchObject({ severity: 'breaking', samples: [{ requestId: 'typed', line: 41 }] });
  });

  it('still names lines that it cannot read, each once', async () => {
    const path = await file(ndjson([noisy(1), 'no', ...many(5, (i) => noisy(i + 2))]));
    const found = await json(path);
    expect(found).toMatchObject({ code: 2, captures: 6, unreadable: { count: 1, first: [{ file: path, line: 2 }] } });
  });

  it('says of standard input that it was not used, and compares without', async () => {
    const text = ndjson(many(5, noisy));
    const { code, stdout } = await crossfade(['diff', '--json', '-'], {}, text);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      verdicts: { breaking: 5 },
      noise: [],
      notes: [expect.stringMatching(/\(locations: 1\), because standard input cannot be read twice/)],
    });
    expect((await crossfade(['diff', '--json', '-'], {}, ndjson([pair('once')]))).stdout).toContain('"notes": []');
  });

  it('gives the same answer in one file and by one thread as in three, plain and gzip, by two', async () => {
    // Long enough that several threads get a piece each.
    const request = { method: 'GET', target: `/items/1?pad=${'x'.repeat(3_000)}` };
    const record = (i: number) => ({
      ...(i % 9 === 0 ? pair(`r${i}`, '{"tags":[]}', '{"tags":null}') : noisy(i)),
      request,
    });
    const [a, b, c] = [0, 1, 2].map((part) => ndjson(many(300, (i) => record(300 * part + i))));
    const whole = await file(`${a}${b}${c}`);
    const parts = [await file(`${a}`), await file(gzipSync(`${b}`), 'b.gz'), await file(`${c}`)];
    const [one, three] = await Promise.all([json(whole, '--threads', '1'), json(...parts, '--threads', '2')]);
    expect(one).toMatchObject({ captures: 900, verdicts: { same: 800, breaking: 100 } });
    expect(one.noise).toMatchObject([{ ...AT, records: 800, both: 800, suppressed: true }]);
    expect([three.verdicts, three.noise]).toEqual([one.verdicts, one.noise]);
  });

  it('shows in text and report which places there are, the first of many', async () => {
    const key = (i: number) => `key-${String(i).padStart(3, '0')}`;
    const body = (answer: number, i: number) => JSON.stringify({ [key(i)]: answer });
    const records = many(1250, (i) => askedTwice(`r${i}`, body(1, i % 250), body(2, i % 250), body(3, i % 250)));
    const report = join(folder.path, 'noise.html');
    const { code, stdout } = await crossfade(['diff', await file(ndjson(records)), '--html', report]);
    expect(code).toBe(0);
    expect(stdout).toContain('Noise, by the control answers: 250 locations suppressed');
    expect(stdout).toContain(`suppressed: ${ROUTE} body/key-009 value`);
    expect(stdout).toContain('of 1250 control answers, stable and the candidate both differ in 5, only stable in 0');
    expect(stdout).not.toContain('key-010');
    expect(stdout).toContain('… and 240 more');
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    const html = await readFile(report, 'utf8');
    expect(html).toContain('<code>body/key-199 value</code>');
    expect(html).not.toContain('<code>body/key-200 value</code>');
    expect(html).toContain('… and 50 more');
  });
});

describe('the progress of a comparison', () => {
  const run = async (records: readonly unknown[], noise: boolean) => {
    const path = await file(ndjson(records));
    const told: [number, number][] = [];
    await compareCapturesOf(findInputs(Readable.from([]), 'files', [path]), {
      threads: 1,
      routes: [],
      pairBy: [],
      decisions: {
        rules: { v: 1, rules: [] },
        at: 0,
        baseline: { format: 'crossfade-baseline/1', differences: [] },
        servers: { stable: null, candidate: null },
      },
      noise,
      memory: 1,
      signal: new AbortController().signal,
      onProgress: (bytes, readings) => told.push([bytes, readings]),
    });
    return { told, size: (await stat(path)).size };
  };

  it('counts the bytes of both readings', async () => {
    const { told, size } = await run(many(5, noisy), true);
    expect(told).toEqual([
      [size, 2],
      [2 * size, 2],
    ]);
  });

  it('ends after one reading where there is nothing to let off', async () => {
    const plain = await run([pair('a')], true);
    expect(plain.told).toEqual([[plain.size, 1]]);
    const off = await run(many(3, noisy), false);
    expect(off.told).toEqual([[off.size, 1]]);
  });
});
