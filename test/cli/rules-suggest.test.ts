import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { askedTwice, ndjson, pair } from '../support/captures.ts';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const { file } = folder;

interface Rule {
  readonly kind: string;
  readonly where: object;
  readonly reason: string;
}

async function suggest(...args: string[]) {
  const { code, stdout, stderr } = await crossfade(['rules', 'suggest', ...args]);
  const rules: Rule[] = JSON.parse(stdout).rules;
  return { code, stdout, stderr, rules };
}

/** The same request, answered at the given time; the candidate answers a moment later. */
const asked = (at: number) => pair(`r${at}`, `{"at":${at},"n":1}`, `{"at":${at + 1},"n":1}`);
const AT = { route: '/items/{id}', pointer: '/at' };

describe('crossfade rules suggest', () => {
  it('names what varied in the stable side between answers to one request, in the order given', async () => {
    const [first, second] = [await file(ndjson([asked(1)])), await file(gzipSync(ndjson([asked(2), asked(3)])))];
    const { code, rules, stderr } = await suggest(first, second);
    expect(code).toBe(0);
    expect(rules).toMatchObject([{ kind: 'ignore', where: AT, owner: '', expires: '' }]);
    expect(rules[0]?.reason).toContain('2 of 2 repeats of a request');
    expect(stderr).toContain('3 captures read. Rules suggested: 1');
    expect(stderr).toContain('fill in owner and expires');
  });

  it('takes what varied once only where it is told to', async () => {
    const path = await file(ndjson([asked(1), asked(2)]));
    expect((await suggest(path)).rules).toEqual([]);
    expect((await suggest(path, '--least', '1')).rules).toMatchObject([{ where: AT }]);
  });

  it('takes second answers for repeats', async () => {
    const twice = askedTwice('a', '{"at":1}', '{"at":1}', '{"at":2}');
    const { rules } = await suggest(await file(ndjson([twice])), '--least', '1');
    expect(rules).toMatchObject([{ where: AT, reason: expect.stringContaining('1 of 1 repeats') }]);
  });

  it('suggests what is refused until an owner has decided, then compares by it, and does not suggest it again', async () => {
    const pairs = await file(ndjson([asked(1), asked(2), asked(3)]));
    const { stdout } = await suggest(pairs);
    const suggested = await file(stdout);
    expect((await crossfade(['diff', pairs])).code).toBe(1);
    expect(await crossfade(['diff', pairs, '--rules', suggested])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/rules\.0\.owner: .*; rules\.0\.expires: /),
    });
    const decided = stdout
      .replace('"owner": ""', '"owner": "shop"')
      .replace('"expires": ""', '"expires": "9999-12-31"');
    const rules = await file(decided);
    expect(await crossfade(['diff', pairs, '--rules', rules])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('3 captures on 1 route: 3 same'),
    });
    expect((await suggest(pairs, '--rules', rules)).rules).toEqual([]);
  });

  it('reads standard input, and says what it could not read', async () => {
    const { code, stdout, stderr } = await crossfade(
      ['rules', 'suggest', '-'],
      {},
      ndjson([asked(1), 'no', asked(2), asked(3)]),
    );
    expect(code).toBe(2);
    expect(JSON.parse(stdout).rules).toHaveLength(1);
    expect(stderr).toContain('bad input: 1 line could not be parsed:\n  -:2 not a JSON object');
  });

  it.each([
    ['a file that is not there', ['none.ndjson'], 'files: none.ndjson does not exist'],
    ['less than one repeat', ['x', '--least', '0'], '--least must be a whole number between 1 and'],
    ['an option that does not exist', ['x', '--most', '1'], "unknown option '--most'"],
    ['rules that are not there', ['x', '--rules', 'none.json'], '--rules: none.json does not exist'],
    ['no file', [], "missing required argument 'files'"],
  ])('refuses %s with exit code 2', async (_name, args, message) => {
    expect(await crossfade(['rules', 'suggest', ...args])).toMatchObject({
      code: 2,
      stdout: '',
      stderr: expect.stringContaining(message),
    });
  });

  it('refuses an input without a pair', async () => {
    const { code, stderr } = await suggest(await file(''));
    expect(code).toBe(2);
    expect(stderr).toContain('bad input: there is no capture');
  });
});
