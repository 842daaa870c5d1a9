/** Advice refers to the servers that are actually in use. */
import { describe, expect, it } from 'vitest';
import type { HeaderList, Leg } from '../../capture/format/index.ts';
import { CATALOGUE } from '../../parity/causes/catalogue.ts';
import { adviceFor, hintsOf, isCause, SERVERS, type Servers } from '../../parity/causes/index.ts';
import { compareRecord } from '../../parity/compare/index.ts';
import { answer, pairOf } from '../support/answer.ts';

const NOT_FOUND = (fields: HeaderList, body = 'Not Found') =>
  answer(body, [['Content-Type', 'text/plain'], ...fields], { status: 404 });

const redirect = (fields: HeaderList) => answer('', [['Location', '/x/'], ...fields], { status: 301 });

function advice(stable: Leg, candidate: Leg, servers?: Servers): string {
  const { differences } = compareRecord(pairOf(stable, candidate), servers === undefined ? {} : { servers });
  return differences
    .filter(({ cause }) => cause !== 'server-identity')
    .map((difference) => difference.advice)
    .join('\n');
}

describe('advice for a redirect to a path with a slash', () => {
  const ok = answer('{}');

  it.each<[string, HeaderList, RegExp, RegExp]>([
    ['gunicorn', [['Server', 'gunicorn/23.0.0']], /^Answer the path/, /ServeMux|gin|Django|Flask/],
    ['Werkzeug', [['Server', 'Werkzeug/3.1.3 Python/3.12.7']], /Flask/, /ServeMux|gin/],
    ['gin, by its own field', [['X-Powered-By', 'gin']], /`RedirectTrailingSlash` of gin/, /ServeMux/],
    ['PHP', [['X-Powered-By', 'PHP/8.3.1']], /^Answer the path/, /ServeMux/],
    ['Tomcat', [['Server', 'Apache-Coyote/1.1']], /^Answer the path/, /ServeMux/],
    ['a proxy, which says nothing', [['Server', 'nginx/1.27']], /ServeMux/, /nginx/],
    ['nothing', [], /ServeMux/, /gin/],
  ])('goes by what the candidate names itself: %s', (_name, fields, says, not) => {
    const told = advice(ok, redirect(fields));
    expect(told).toMatch(says);
    expect(told).not.toMatch(not);
  });

  it('goes by what the caller knows before what an answer names', () => {
    const told = advice(ok, redirect([['Server', 'gunicorn']]), { stable: 'django', candidate: 'gin' });
    expect(told).toMatch(/of gin/);
    expect(told).not.toMatch(/Express|ServeMux/);
  });
});

describe('advice for another 404 page', () => {
  it.each<[string, HeaderList, HeaderList, string]>([
    [
      'Express to net/http',
      [['X-Powered-By', 'Express']],
      [],
      'Write the body that stable sends. Express sends a page of HTML. net/http says `404 page not found`.',
    ],
    [
      'Django to uvicorn',
      [['Server', 'WSGIServer/0.2 CPython/3.12']],
      [['Server', 'uvicorn']],
      'Write the body that stable sends.',
    ],
    [
      'PHP to Go',
      [['X-Powered-By', 'PHP/8.3']],
      [],
      'Write the body that stable sends. net/http says `404 page not found`.',
    ],
  ])('%s', (_name, x, y, says) => {
    expect(advice(NOT_FOUND(x), NOT_FOUND(y, '404 page not found\n'))).toBe(says);
  });
});

describe('every hint', () => {
  it('names what it speaks of, and what every server reads is neutral', () => {
    const neutral = Object.values(CATALOGUE).flatMap(({ title, advice: said }) => [title, said]);
    expect(
      neutral.filter((text) => /\b(Node|Go|Express|ServeMux|Django|Flask|omitempty|json tag)\b/.test(text)),
    ).toEqual([]);
  });

  it('is one sentence or two, for a server of the table', () => {
    for (const cause of Object.keys(CATALOGUE).filter(isCause))
      for (const hint of hintsOf(cause)) expect(hint).toMatch(/^\S.*\.$/);
    for (const server of ['gin', 'fastapi', 'rust'] as const)
      expect(adviceFor('key-missing', 'Send `a`.', { stable: server, candidate: server })).toMatch(/^Send `a`\./);
    expect(Object.keys(SERVERS)).toContain('gin');
  });
});
