import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { har, harEntry, legLine, ndjson } from '../support/captures.ts';
import { crossfade } from '../support/cli.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'crossfade-test-'));
});
afterAll(() => rm(dir, { recursive: true }));

let files = 0;
async function file(content: string, name = `${++files}.ndjson`): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
}

const diff = (...args: string[]) => crossfade(['diff', ...args], { TMPDIR: dir });
async function json(...args: string[]) {
  const { code, stdout } = await diff('--json', ...args);
  return { code, ...JSON.parse(stdout) };
}

describe('crossfade diff over two logs', () => {
  it('finds the pairs by request id, whatever their order, and says what stands in one log only', async () => {
    const stable = [
      legLine('/a/1', '{"tags":[]}', 'one'),
      legLine('/a/2', '{}', 'two'),
      legLine('/a/3', '{}', 'three'),
    ];
    const candidate = [
      legLine('/a/2', '{}', 'two'),
      legLine('/a/1', '{"tags":null}', 'one'),
      legLine('/a/4', '{}', 'four'),
    ];
    const found = await json(
      '--stable',
      await file(ndjson(stable)),
      '--candidate',
      await file(ndjson(candidate)),
      '--route',
      '/a/{id}',
    );
    expect(found).toMatchObject({
      code: 1,
      captures: 2,
      matchedByOrder: 0,
      causes: [{ route: 'GET /a/{id}', cause: 'null-for-empty-array', samples: [{ requestId: 'one', line: 1 }] }],
      unpaired: {
        stable: { count: 1, first: [{ line: 3, requestId: 'three', route: 'GET /a/{id}' }] },
        candidate: { count: 1, first: [{ line: 3, requestId: 'four' }] },
      },
    });
  });

  it('says with a clean answer how much stands in one log only', async () => {
    const stable = ndjson([legLine('/a', '1', 'one'), legLine('/a', '1', 'two')]);
    const paths = ['--stable', await file(stable), '--candidate', await file(ndjson([legLine('/a', '1', 'one')]))];
    const { code, stdout } = await diff(...paths);
    expect(code).toBe(0);
    expect(stdout).toContain('1 capture, no breaking or undecided difference; 1 answer is in one log only');
  });

  it('says why there is no pair', async () => {
    const [one, other, none] = await Promise.all([
      file(ndjson([legLine('/a', '1', 'one')])),
      file(ndjson([legLine('/a', '1', 'other')])),
      file(''),
    ]);
    const why = async (stable: string, candidate: string) =>
      (await diff('--stable', stable, '--candidate', candidate)).stderr;
    expect(await why(one, other)).toContain('bad input: no request is in both logs; --pair-by names a header');
    expect(await why(one, none)).toBe('bad input: the candidate log holds no answer\n');
    expect(await why(none, one)).toBe('bad input: the stable log holds no answer\n');
    expect(await why(none, none)).toBe('bad input: there is no capture to compare\n');
  });

  it('takes method, URL and order where there is no id, and says so', async () => {
    const stable = [legLine('/a', '1'), legLine('/b', '2'), legLine('/a', '3')];
    const candidate = [legLine('/b', '2'), legLine('/a', '1'), legLine('/a', '4')];
    const paths = ['--stable', await file(ndjson(stable)), '--candidate', await file(ndjson(candidate))];
    expect(await json(...paths)).toMatchObject({
      captures: 3,
      matchedByOrder: 3,
      causes: [{ cause: 'number-value', samples: [{ line: 3, stable: '3', candidate: '4' }] }],
    });
    expect((await diff(...paths)).stdout).toContain(
      '3 captures without a request id, matched by method, URL and order.',
    );
  });

  it('reads HAR on either side', async () => {
    const stable = har([
      harEntry('https://shop.example/a?x=1', '{"n":1}', 'one'),
      harEntry('https://shop.example/b', '{}', 'two'),
    ]);
    const candidate = ndjson([legLine('/b', '{}', 'two'), legLine('/a?x=1', '{"n":2}', 'one')]);
    const found = await json('--stable', await file(stable, 'stable.har'), '--candidate', await file(candidate));
    expect(found).toMatchObject({
      code: 1,
      captures: 2,
      causes: [{ cause: 'number-value', samples: [{ requestId: 'one', target: '/a?x=1', line: 1 }] }],
    });
  });

  it('names a HAR entry that is none, and a HAR that breaks off', async () => {
    const entry = harEntry('https://shop.example/b', '{}', 'two');
    const odd = await file(har([{ ...entry, time: 'long' }, entry]), 'odd.har');
    const cut = await file(har([entry, entry]).slice(0, -40), 'cut.har');
    const found = await json('--stable', odd, '--candidate', cut);
    expect(found.code).toBe(2);
    expect(found.unreadable.first).toMatchObject([
      { file: odd, line: 1, reason: expect.stringContaining('time') },
      { file: cut, reason: expect.stringContaining('cannot be read to its end') },
    ]);
  });

  it('learns from a control log what varies on stable alone, in the logs’ own order', async () => {
    const side = (total: (i: number) => number, flag: boolean) =>
      ndjson(Array.from({ length: 8 }, (_, i) => legLine(`/a/${i}`, `{"total":${total(i)},"flag":${flag}}`)));
    const paths = [
      '--stable',
      await file(side((i) => i, true)),
      '--candidate',
      await file(side((i) => i + 100, false)),
      '--route',
      '/a/{id}',
    ];
    const control = await file(side((i) => i + 7, true));
    const causes = (found: { causes: { cause: string; severity: string }[] }) =>
      found.causes.map(({ cause, severity: kind }) => `${kind} ${cause}`);
    expect(causes(await json(...paths))).toEqual(['breaking number-value', 'breaking value']);
    const found = await json(...paths, '--control', control);
    expect(causes(found)).toEqual(['breaking value', 'noise number-value']);
    expect(found.noise).toMatchObject([{ place: 'body/total value', suppressed: true, records: 8 }]);
    expect(causes(await json(...paths, '--control', control, '--no-noise'))).toContain('breaking number-value');
    expect(await diff(control, '--control', control)).toMatchObject({ code: 2 });
  });

  it('takes a chosen header for the name of a request', async () => {
    const line = (data: string, order: string) => {
      const one = legLine('/orders', data);
      return { ...one, request: { ...one.request, headers: [['X-Order', order]] } };
    };
    const paths = [
      '--stable',
      await file(ndjson([line('1', 'a'), line('2', 'b'), line('3', 'c')])),
      '--candidate',
      await file(ndjson([line('3', 'c'), line('1', 'a'), line('2', 'b')])),
    ];
    expect(await json(...paths, '--pair-by', 'x-order')).toMatchObject({ code: 0, captures: 3, matchedByOrder: 0 });
    expect(await json(...paths)).toMatchObject({ code: 1 });
    expect(await diff(...paths, '--pair-by', 'x order')).toMatchObject({ code: 2 });
  });

  it('reads what recorders write for HAR', async () => {
    const entry = harEntry('https://shop.example/a', '{"n":1}');
    const { request, response } = entry;
    const odd = [
      { ...entry, request: { ...request, url: 'wss://shop.example/live' } },
      { ...entry, request: { ...request, url: 'data:image/png;base64,AA' } },
      { ...entry, time: '12.5', response: { ...response, status: '200' } },
      { ...entry, startedDateTime: 1_795_600_000_000, timings: null },
      { ...entry, response: { ...response, headers: { 'Content-Type': 'application/json' } } },
      { ...entry, startedDateTime: null, response: null },
    ];
    const path = await file(`\ufeff${har(odd)}`, 'recorders.har');
    expect(await json('--stable', path, '--candidate', path)).toMatchObject({
      code: 0,
      verdicts: { same: 3, unmatched: 1 },
      unreadable: { count: 0 },
    });
  });

  it('gives the same answer when memory is short, and leaves no temporary file', async () => {
    const ids = Array.from({ length: 1_000 }, (_, i) => i);
    const stable = ids.map((i) => legLine(`/a/${i}`, `{"id":${i}}`, `r${i}`));
    const candidate = ids
      .map((i) => 999 - i)
      .filter((i) => i % 100 !== 0)
      .map((i) => legLine(`/a/${i}`, `{"id":${i % 50 === 1 ? null : i}}`, `r${i}`));
    const paths = [
      '--stable',
      await file(ndjson(stable)),
      '--candidate',
      await file(ndjson(candidate)),
      '--route',
      '/a/{id}',
    ];
    const [ample, short] = await Promise.all([json(...paths), json(...paths, '--memory', '0.02')]);
    expect(short).toEqual(ample);
    expect(ample).toMatchObject({ captures: 990, verdicts: { breaking: 20 }, unpaired: { stable: { count: 10 } } });
    expect((await readdir(dir)).filter((name) => name.startsWith('crossfade-diff-'))).toEqual([]);
  });
});
