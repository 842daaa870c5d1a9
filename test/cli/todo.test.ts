import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Parser } from 'htmlparser2';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CaptureRecord } from '../../capture/format/record.ts';
import { answer, ndjson, pair } from '../support/captures.ts';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const { file } = folder;
const diff = (...args: string[]) => crossfade(['diff', ...args], { TMPDIR: folder.path });
async function todo(...args: string[]) {
  const { code, stdout } = await diff('--json', ...args);
  return { code, ...JSON.parse(stdout) };
}

/** Header values are arrays on one side, on each of three routes. */
const ARRAYS = ['/get', '/put', '/ip'].map((path) => ({
  ...pair(`r${path}`, '{"headers":{"Host":"a","Accept":"b"}}', '{"headers":{"Host":["a"],"Accept":["b"]}}'),
  route: `GET ${path}`,
  request: { method: 'GET', target: path },
}));
const MISSING = pair('missing', '{"name":"x","id":1}', '{"id":1}');

function requested(request: CaptureRecord['request']): CaptureRecord {
  return { ...MISSING, request };
}

/** Returns the words into which a shell splits the commands for stable and for the candidate. */
async function shellWords(record: CaptureRecord): Promise<[string[], string[]]> {
  const found = await todo(await file(ndjson([record])));
  const words = (command: string) =>
    execFileSync('bash', ['--norc', '--noprofile', '-c', `curl() { printf '%s\\0' "$@"; }\n${command}`], {
      encoding: 'utf8',
      env: { PATH: process.env.PATH, STABLE: 'http://s', CANDIDATE: 'http://c', AUTHORIZATION: 'Bearer mine' },
    })
      .split('\0')
      .slice(0, -1);
  const [{ curl }] = found.todo;
  return [words(curl.stable), words(curl.candidate)];
}

describe('the to-do list of a comparison', () => {
  it('has one row for a root cause, on whatever route and at whatever key it shows', async () => {
    const found = await todo(await file(ndjson(ARRAYS)));
    expect(found.todo).toHaveLength(1);
    expect(found.todo[0]).toMatchObject({ cause: 'type', subject: 'string → array', captures: 3, of: 3, places: 6 });
    const { stdout } = await diff(await file(ndjson(ARRAYS)));
    expect(stdout).toMatch(/3 routes, 6 places +breaking +type \(string → array\) +3 of 3/);
    const [line, another = ''] = /and 3 more places, such as (GET .*)/.exec(stdout) ?? [];
    expect(line, 'three of the six are among the examples').toBeDefined();
    expect(stdout.split(another), 'the place is shown nowhere else').toHaveLength(2);
  });

  it('says in every output with sentences that it ends after 2,000', async () => {
    const keys = (side: string) =>
      JSON.stringify(Object.fromEntries(Array.from({ length: 45 }, (_, k) => [side + k, 1])));
    const records = Array.from({ length: 46 }, (_, i) => pair(`r${i}`, keys(`s${i}_`), '{}'));
    const sarif = join(folder.path, 'many.sarif');
    const found = await todo(await file(ndjson([...records, MISSING])), '--sarif', sarif);
    expect(found.todo).toHaveLength(2_000);
    const said = expect.stringMatching(/ends after 2000 root causes.*compare again/);
    expect(found.notes).toEqual([said]);
    const [run] = JSON.parse(await readFile(sarif, 'utf8')).runs;
    expect(run.invocations[0].toolExecutionNotifications).toEqual([{ level: 'note', message: { text: said } }]);
    expect((await todo(await file(ndjson([MISSING])))).notes).toEqual([]);
  });

  it('begins with an answer that fails, however rarely, in every output', async () => {
    const fails = { ...MISSING, requestId: 'fails', route: 'GET /pay', candidate: answer('oops', { status: 502 }) };
    const [input, junit, sarif] = [
      await file(ndjson([...ARRAYS, fails])),
      join(folder.path, 'fails.xml'),
      join(folder.path, 'fails.sarif'),
    ];
    const { stdout } = await diff(input, '--junit', junit, '--sarif', sarif, '--github');
    expect(stdout).toMatch(/captures\nGET \/pay +breaking +status \(200 → 502\)/);
    expect(JSON.parse(await readFile(sarif, 'utf8')).runs[0].results[0].message.text).toContain('502');
    expect((await todo(input)).todo[0]).toMatchObject({ cause: 'status', captures: 1 });
    expect(await readFile(junit, 'utf8')).toContain('message="1 of 1 capture: status 200 → 502"');
  });

  it('names the only further place without "such as"', async () => {
    const { stdout } = await diff(await file(ndjson(ARRAYS.slice(0, 1))));
    expect(stdout).toMatch(/\n {2}and 1 more place: GET \/get body\/headers\/(?:Host|Accept)\n/);
  });

  it('counts no place as a further one that an example shows, by whatever index', async () => {
    const two = ARRAYS.slice(0, 2).map(({ route, request }, i) => ({
      ...pair(`r${i}`, '{"rows":[{"n":1},{"n":1}]}', `{"rows":[{"n":${['"1"},{"n":1', '1},{"n":"1"'][i]}}]}`),
      ...{ route, request },
    }));
    const { stdout } = await diff(await file(ndjson(two)));
    expect(stdout).toMatch(/2 routes, 2 places/);
    expect(stdout).not.toMatch(/more place/);
  });

  it('names the element of XML, on whatever route it stands, and tells those of HTML apart', async () => {
    const page = (path: string, type: string, stable: string, candidate: string) => ({
      ...pair(path),
      stable: answer(stable, { headers: [['Content-Type', type]] }),
      candidate: answer(candidate, { headers: [['Content-Type', type]] }),
      route: `GET ${path}`,
      request: { method: 'GET', target: path },
    });
    const error = (resource: string) => `<Error><Code>NoSuchKey</Code><Resource>${resource}</Resource></Error>`;
    const errors = ['/a', '/b'].map((path) => page(path, 'application/xml', error(path), error(`bucket${path}`)));
    const html = (text: string) => `<!doctype html><html><body><p>${text}</p></body></html>`;
    const pages = ['/c', '/d'].map((path) => page(path, 'text/html', html('one'), html(`two ${path}`)));
    const found = await todo(await file(ndjson([...errors, ...pages])));
    expect(found.todo.map(({ subject, captures }: Record<string, unknown>) => [subject, captures])).toEqual([
      ['Resource', 2],
      ['', 1],
      ['', 1],
    ]);
  });

  it('shows of two long values what differs', async () => {
    const long = 'the same words at the beginning '.repeat(3);
    const both = pair('long', `{"a":"${long}stable end"}`, `{"a":"${long}other end"}`);
    const { stdout } = await diff(await file(ndjson([both])));
    expect(stdout).toMatch(/^ +…\S*ning stable end" → …\S*ning other end"$/m);
    const short = await diff(await file(ndjson([pair('short', `{"a":"${long}"}`, '{"a":"b"}')])));
    expect(short.stdout).toMatch(/the same words .*… → "b"$/m);
  });

  it('tells keys apart, and joins the two spellings of one', async () => {
    const renamed = pair('renamed', '{"name":"x"}', '{"Name":"x"}');
    const found = await todo(await file(ndjson([MISSING, pair('other', '{"age":7,"id":1}', '{"id":1}'), renamed])));
    expect(found.todo.map(({ cause, subject }: Record<string, string>) => [cause, subject]).sort()).toEqual([
      ['key-missing', 'age'],
      ['key-missing', 'name'],
      ['key-renamed', 'name'],
    ]);
  });

  it('puts what breaks most requests first', async () => {
    const benign = Array.from({ length: 9 }, (_, i) => pair(`b${i}`, '{"n":100}', '{"n":100.0}'));
    const found = await todo(await file(ndjson([...benign, MISSING, ...ARRAYS])));
    expect(found.todo.map((item: { cause: string }) => item.cause)).toEqual(['type', 'key-missing', 'number-format']);
  });
});

describe('the commands of a to-do', () => {
  it('ask each side the same, whatever the shell makes of the characters', async () => {
    const odd = 'it\'s $HOME `x` "q" \\ !! é\u202e\t';
    const [stable, candidate] = await shellWords(
      requested({
        method: 'PATCH',
        target: "/a//../b?q=it's&[x]=$1",
        headers: [
          ['X-Odd', odd],
          ['Host', 'shop'],
        ],
      }),
    );
    expect(stable).toContain(`X-Odd: ${odd}`);
    expect(stable).toContain("http://s/a//../b?q=it's&[x]=$1");
    expect(stable).toEqual(expect.arrayContaining(['--path-as-is', '-X', 'PATCH']));
    expect(stable.join()).not.toContain('Host: shop');
    expect(candidate.map((word) => word.replace('http://c', 'http://s'))).toEqual(stable);
  });

  it('carry no secret: a header is a variable, the rest a stand-in', async () => {
    const body = '{"password":"hunter2-long-secret","user":"o\'neil"}';
    const [stable] = await shellWords(
      requested({
        method: 'POST',
        target: '/login?api_key=sk_live_0123456789abcdef',
        headers: [
          ['Authorization', 'Bearer abcdef0123456789abcdef'],
          ['Content-Type', 'application/json'],
        ],
        body: { encoding: 'utf8', data: body, bytes: Buffer.byteLength(body), truncated: false },
      }),
    );
    expect(stable).toContain('Authorization: Bearer mine');
    expect(stable).toContain('http://s/login?api_key=REDACTED');
    expect(stable).toContain('{"password":"REDACTED","user":"o\'neil"}');
    expect(stable.join()).not.toMatch(/hunter2|abcdef0123|sk_live/);
  });
});

describe('a baseline', () => {
  let baseline: string;
  beforeAll(() => {
    baseline = join(folder.path, 'baseline.json');
  });

  it('lets known differences pass, keeps them in sight, and fails by a new one', async () => {
    const known = await file(ndjson([...ARRAYS]));
    expect(await diff(known, '--write-baseline', baseline)).toMatchObject({ code: 1 });
    const again = await todo(known, '--baseline', baseline);
    expect(again).toMatchObject({ code: 0, todo: [{ known: true, cause: 'type' }] });
    expect(again.notes).toEqual([expect.stringContaining('6 known differences')]);
    const more = await todo(await file(ndjson([...ARRAYS, MISSING])), '--baseline', baseline);
    expect(more).toMatchObject({ code: 1, verdicts: { breaking: 1, same: 3 } });
  });

  it('does not excuse another change at the same place', async () => {
    const answered = (status: number) => ({ ...MISSING, stable: answer('{}'), candidate: answer('{}', { status }) });
    await diff(await file(ndjson([answered(404)])), '--write-baseline', baseline);
    expect(await diff(await file(ndjson([answered(404)])), '--baseline', baseline)).toMatchObject({ code: 0 });
    expect(await diff(await file(ndjson([answered(500)])), '--baseline', baseline)).toMatchObject({ code: 1 });
  });

  it('says which known differences did not occur', async () => {
    await diff(await file(ndjson([...ARRAYS, MISSING])), '--write-baseline', baseline);
    const found = await todo(await file(ndjson([MISSING])), '--baseline', baseline);
    expect(found.notes).toEqual([expect.stringMatching(/^1 known .* 6 did not occur/)]);
  });

  it('can be written over the one it was read from', async () => {
    const all = await file(ndjson([...ARRAYS, MISSING]));
    await diff(all, '--write-baseline', baseline);
    const before = await readFile(baseline, 'utf8');
    expect(await diff(all, '--baseline', baseline, '--write-baseline', baseline)).toMatchObject({ code: 0 });
    expect(await readFile(baseline, 'utf8')).toBe(before);
  });

  it('names everything that is wrong with it', async () => {
    await writeFile(
      baseline,
      '{"format":"crossfade-baseline/1","differences":[{"route":"GET /","cause":"nonsense","place":"body"}]}',
    );
    const { code, stderr } = await diff(await file(ndjson([MISSING])), '--baseline', baseline);
    expect(code).toBe(2);
    expect(stderr).toContain('differences.0.cause: must be a cause');
  });
});

describe('results for other programs', () => {
  const clean = { ...pair('clean'), route: 'GET /fine' };
  const hostile = pair('h', '{"a":"<b>&\\u0000\\"%,:"}', '{"a":"]]>\\u001b[31m"}');

  it('are JUnit XML with a test case for each route', async () => {
    const path = join(folder.path, 'junit.xml');
    await diff(await file(ndjson([...ARRAYS, clean, hostile])), '--junit', path);
    const cases: string[] = [];
    const failed: string[] = [];
    const parser = new Parser(
      {
        onopentag(name, { name: route = '', type = '' }) {
          if (name === 'testcase') cases.push(route);
          if (name === 'failure') failed.push(`${cases.at(-1)} ${type}`);
        },
      },
      { xmlMode: true },
    );
    parser.end(await readFile(path, 'utf8'));
    expect(cases).toEqual(['GET /fine', 'GET /get', 'GET /ip', 'GET /items/{id}', 'GET /put']);
    expect(failed).toEqual(['GET /get', 'GET /ip', 'GET /items/{id}', 'GET /put'].map((route) => `${route} parity`));
    // XML must not contain control characters, in any notation.
    const steering = [...(await readFile(path, 'utf8'))].filter((c) => c < ' ' && c !== '\n');
    expect(steering).toEqual([]);
  });

  it('are SARIF with a rule for each cause and a place for each sample', async () => {
    const path = join(folder.path, 'found.sarif');
    await diff(await file(ndjson([...ARRAYS, hostile]), 'captures.ndjson'), '--sarif', path);
    const [run] = JSON.parse(await readFile(path, 'utf8')).runs;
    for (const { ruleId, ruleIndex } of run.results)
      expect(run.tool.driver.rules[ruleIndex]).toMatchObject({
        id: ruleId,
        fullDescription: { text: expect.any(String) },
      });
    expect(run.results[0]).toMatchObject({ ruleId: 'type', level: 'error', occurrenceCount: 3 });
    expect(run.results[0].locations[0].physicalLocation).toMatchObject({ region: { startLine: 1 } });
  });

  it('are annotations of one line each, which nothing that was captured can end', async () => {
    const { stdout } = await diff(await file(ndjson([hostile, ...ARRAYS]), 'with,comma.ndjson'), '--github');
    const lines = stdout.split('\n').filter((line) => line.startsWith('::'));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(
      /^::error file=[^,]*with%2Ccomma\.ndjson,line=2,title=breaking type%3A string → array::3 of 3/,
    );
    expect(lines[1]).toContain('%25');
  });

  it('count one further place in the singular', async () => {
    const input = await file(ndjson(ARRAYS.slice(0, 1)));
    const [junit, sarif] = [`${input}.xml`, `${input}.sarif`];
    const { stdout } = await diff(input, '--github', '--junit', junit, '--sarif', sarif);
    const annotation = stdout.split('\n').find((line) => line.startsWith('::'));
    for (const text of [annotation, await readFile(junit, 'utf8'), await readFile(sarif, 'utf8')])
      expect(text).toMatch(/ 1 more place(?!s)/);
  });

  it('are written to files of their own', async () => {
    const input = await file(ndjson([clean]));
    const twice = `${input}.xml`;
    expect((await diff(input, '--junit', twice, '--sarif', twice)).code).toBe(2);
    expect(existsSync(twice)).toBe(false);
    expect(await diff(input, '--junit', input)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--junit: '),
    });
  });
});
