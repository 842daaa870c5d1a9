/** Lines with curl are read as a shell and curl would read them. What curl itself sent is in `curl-lines.txt`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type LineRequest, textRequests } from '../../cli/compare/contract/requests/texts/index.ts';
import { temporaryFolder } from '../support/folder.ts';

/** Files in the folder of each script. */
const BESIDE: Readonly<Record<string, string | Buffer>> = {
  'data.txt': 'line one\nline two\r\n',
  'body.json': '{"a": [1,\n2]}\n',
  'bin.dat': Buffer.of(0, 1, 0xff),
  'heads.txt': 'X-From: file\nX-Two: 2\n',
  'photo.png': Buffer.of(0x89, 0x50, 0x4e, 0x47),
};
const { file } = temporaryFolder();

function shown(request: LineRequest): string {
  if ('skipped' in request) return request.skipped;
  const { method, target, headers, body } = request;
  const boundary = headers.map(([, value]) => /boundary=(\S+)/.exec(value)?.[1]).find((found) => found !== undefined);
  const fix = (text: string) => (boundary === undefined ? text : text.replaceAll(boundary, 'B'));
  const fields = headers
    .filter(([name, value]) => !(name === 'Accept' && value === '*/*'))
    .map(([name, value]) => fix(`${name.toLowerCase()}: ${value}`))
    .sort();
  const bytes = body === null || body.length === 0 ? '' : escaped(JSON.stringify(fix(body.toString('latin1'))));
  return fields.length === 0 && bytes === ''
    ? `${method} ${target}`
    : [`${method} ${target}`, fields.join(', '), bytes].join(' | ').trimEnd();
}

const escaped = (json: string) =>
  json.replaceAll(/[\x7f-\xff]/g, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

const read = (script: string, values: Readonly<Record<string, string>> = {}) =>
  file(script, 'script.sh').then((written) =>
    (
      textRequests({ named: 'files', file: written, source: 0, routes: [], values: new Map(Object.entries(values)) }) ??
      []
    ).map(shown),
  );

const CASES = readFileSync(join(import.meta.dirname, 'curl-lines.txt'), 'utf8')
  .split('\n')
  .slice(2)
  .join('\n')
  .split('\n----\n')
  .map((text) => {
    const lines = text.trimEnd().split('\n');
    return {
      script: lines.filter((line) => !line.startsWith('=> ')).join('\n'),
      sent: lines.filter((line) => line.startsWith('=> ')).map((line) => line.slice(3)),
    };
  });

describe('a script of curl lines', () => {
  it.each(CASES)('sends what curl sends: $script', async ({ script, sent }) => {
    for (const [name, content] of Object.entries(BESIDE)) await file(content, name);
    expect(await read(`${script}\n`)).toEqual(sent);
  });

  it.each([
    ['a variable that nobody set', 'curl "$B/a?x=$X"', 'no value for the shell’s variable X; --value X=… gives it'],
    ['a command within it', 'curl -H "X: $(date)" http://x/a', 'a command within a command is not run'],
    [
      'a file of another folder',
      'curl -d @/etc/hostname http://x/a',
      'names the file /etc/hostname, which is not in its own folder',
    ],
    ['a file that is not there', 'curl -d @none.json http://x/a', 'names the file none.json, which cannot be read'],
    ['standard input that nobody gives', 'curl -d @- http://x/a', 'sends its standard input'],
    ['cookies out of a file', 'curl -b jar.txt http://x/a', 'reads cookies out of a file'],
    ['a login in two steps', 'curl --digest -u a:b http://x/a', 'logs in by --digest'],
    ['options out of a file', 'curl -K opts http://x/a', 'reads its options out of a file'],
    ['a load test', "curl 'http://x/[1-100000]'", 'requests more than 1000 URLs'],
    ['a quote that stays open', "curl -H 'X: it http://x/a", 'ends within a quote'],
  ])('is not sent with %s, and the next line is', async (_, script, reason) => {
    expect(await read(`${script}\ncurl http://x/next\n`)).toEqual([expect.stringContaining(reason), 'GET /next']);
  });

  it('keeps no other command of a line back for one that cannot be sent', async () => {
    expect(await read('curl -b jar.txt http://x/a; curl http://x/b && curl http://x/c')).toEqual([
      expect.stringContaining('reads cookies out of a file'),
      'GET /b',
      'GET /c',
    ]);
  });

  it('takes variables from --value, before those that the script sets', async () => {
    expect(await read('X=1\ncurl "$BASE/a?x=$X" -H "A: $T"', { X: '2', T: '{{env:TOKEN}}' })).toEqual([
      'GET /a?x=2 | a: {{env:TOKEN}} |',
    ]);
  });
});
