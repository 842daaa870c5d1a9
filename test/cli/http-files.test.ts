/** Files of HTTP clients (.http, .rest). What is sent for them was compared with httpYac 6. */
import { describe, expect, it } from 'vitest';
import { crossfade } from '../support/cli.ts';
import { temporaryFolder } from '../support/folder.ts';
import { serve } from '../support/http.ts';
import { plannedIn } from './planned-requests.ts';

const { file } = temporaryFolder();
const read = async (content: string, name = 'shop.http', values: Readonly<Record<string, string>> = {}) => {
  await file('file text', 'b.txt');
  return plannedIn(await file(content, name), { values });
};

describe('a file of an HTTP client', () => {
  it.each([
    [
      'fills its variables in, and those within them',
      '@host = h\n@base = http://{{host}}:1\n### one\nGET {{ base }}/a?x={{y}}\n\n### two\n@y = 2 3\n',
      ['GET /a?x=2%203'],
    ],
    ['has a query on several lines', 'GET http://h/a?x=1\n  &y=2\n&z=3 HTTP/1.1\nA: b\n', ['GET /a?x=1&y=2&z=3']],
    ['has comments', '# one\nGET http://h/a\n# two\nA: b\n// three\n\n###\n\n# four\n', ['GET /a']],
    [
      'has a body behind an empty line',
      'POST http://h/a\nA: b\n\n{\n "a": 1\n}\n\n\n### two\nGET h.test/b',
      ['POST /a {\n "a": 1\n}', 'GET /b'],
    ],
    ['has a request line alone', 'http://h/bare\n\n###\nGET /rel?a=1\nHost: h\n', ['GET /bare', 'GET /rel?a=1']],
    [
      'has lines of a form',
      'POST http://h/f\nContent-Type: application/x-www-form-urlencoded\n\na=1\n&b=2 3\n',
      ['POST /f a=1&b=2%203'],
    ],
    [
      'sends a file beside it',
      'PUT http://h/f\n\n< ./b.txt\n\n###\nPUT http://h/g\n\n< ../../etc/hostname\n',
      ['PUT /f file text', 'it names the file ../../etc/hostname, which is not in its own folder'],
    ],
    [
      'encodes a name and a password',
      'GET http://h/a\nAuthorization: Basic anna s3cret\n',
      [`GET /a Basic ${btoa('anna:s3cret')}`],
    ],
    [
      'logs in by an exchange',
      'GET http://h/a\nAuthorization: Digest anna s3cret\n',
      ['a request of a client’s file logs in by more than a field'],
    ],
    [
      'speaks another protocol',
      '###\nWEBSOCKET ws://h/a\n\n### two\nGET http://h/b',
      ['a request of a client’s file speaks another protocol than HTTP, or opens a tunnel', 'GET /b'],
    ],
    ['lacks a value', '###\nGET http://h/{{x}}\n', ['no value for x; --value x=… gives it']],
    ['knows its host by a variable that nobody gives', '###\nGET {{host}}/a\n', ['GET /a']],
    [
      'asks GraphQL',
      'POST http://h/g\nX-Request-Type: GraphQL\n\n{ a }\n\n{"b": 1}\n',
      ['POST /g {"query":"{ a }","variables":{"b": 1}}'],
    ],
    [
      'has parts, which end as HTTP has it',
      'POST http://h/m\nContent-Type: multipart/form-data; boundary=X\n\n--X\nContent-Disposition: form-data; name="f"\n\n< b.txt\n--X--\n',
      ['POST /m parts f=file text'],
    ],
    [
      'keeps no script and no answer',
      '###\n< {% let a; %}\nPOST http://h/a\n\nx\n\n> {%\n client.log("GET http://h/no");\n%}\n> ./r.json\n',
      ['POST /a x'],
    ],
  ])('%s', async (_, content, sent) => {
    expect(await read(content)).toEqual(sent);
  });

  it('is known by what it holds', async () => {
    expect(await read('GET http://h/a\nX-T: 1\n\nPOST http://h/b\nA: b\n@b.txt\n', 'targets.txt')).toEqual([
      'GET /a',
      'POST /b file text',
    ]);
    // A list of URLs is not such a file.
    expect(await read('GET /a\nGET /b\nhttps://h/c\n', 'list.txt')).toEqual(['GET /a', 'GET /b', 'GET /c']);
  });

  it('prefers what --value gives', async () => {
    expect(await read('@x = 1\n###\nGET http://h/{{x}}\n', 'shop.http', { x: '2' })).toEqual(['GET /2']);
  });

  it('takes from the answer of each side what later requests speak of', async () => {
    const seen: string[] = [];
    const side = (token: string) =>
      serve((request, response) => {
        seen.push(`${token} ${request.url} ${request.headers['x-token'] ?? ''}`.trim());
        response.setHeader('X-Tok', `h-${token}`).end(JSON.stringify({ user: { token } }));
      });
    const [stable, candidate] = await Promise.all([side('node'), side('go')]);
    const shop = await file(
      [
        '# @name login',
        'GET http://h/login',
        '',
        "> {% client.global.set('set', response.body.user['token']); %}",
        '',
        '###',
        'GET http://h/a?t={{login.response.body.$.user.token}}&h={{login.response.headers.X-Tok}}',
        'X-Token: {{set}}',
      ].join('\n'),
      'shop.http',
    );
    const { code } = await crossfade(['contract', shop, '--stable', stable.url, '--candidate', candidate.url]);
    await Promise.all([stable.stop(), candidate.stop()]);
    expect(seen.toSorted()).toEqual([
      'go /a?t=go&h=h-go go',
      'go /login',
      'node /a?t=node&h=h-node node',
      'node /login',
    ]);
    expect(code).toBe(0);
  });
});
