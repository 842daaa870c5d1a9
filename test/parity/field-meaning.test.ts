import { describe, expect, it } from 'vitest';
import type { CaptureRecord, HeaderList } from '../../capture/format/record.ts';
import { compareRecord } from '../../parity/compare/record.ts';
import { answer, pairOf } from '../support/answer.ts';

type Row = [what: string, stable: HeaderList, candidate: HeaderList, verdict: string, status?: number, method?: string];

const date: [string, string] = ['Date', 'Fri, 02 Jan 2026 03:04:05 GMT'];
const modified: [string, string] = ['Last-Modified', 'Thu, 01 Jan 2026 03:04:05 GMT'];
const control = (value: string): [string, string] => ['Cache-Control', value];
const link = (value: string): [string, string] => ['Link', value];
const basic: [string, string] = ['WWW-Authenticate', 'Basic realm="x"'];

/** Returns the cause and the severity of each difference. */
function judged(stable: HeaderList, candidate: HeaderList, status = 200, method = 'GET'): string {
  const [a, b] = [answer('{}', stable, { status }), answer('{}', candidate, { status })];
  const request: Partial<CaptureRecord['request']> = { method };
  return compareRecord(pairOf(a, b, request))
    .differences.map(({ cause, severity }) => `${cause} ${severity}`)
    .join(', ');
}

const ROWS: Row[] = [
  ['no-store goes', [control('no-store')], [], 'cache-shared breaking'],
  [
    'private becomes public',
    [control('private, max-age=60')],
    [control('public, max-age=60')],
    'cache-shared breaking',
  ],
  ['private goes where nothing is kept', [control('private')], [], 'cache-lifetime undecided'],
  ['no-cache becomes a lifetime', [control('no-cache')], [control('max-age=60')], 'cache-stale breaking'],
  ['no-cache goes, and caches may guess', [control('no-cache'), modified], [modified], 'cache-lifetime undecided'],
  ['no-cache goes, and no cache can guess', [control('no-cache')], [], 'cache-lifetime undecided'],
  ['a lifetime goes', [control('max-age=60')], [], 'cache-lifetime undecided'],
  ['no-store comes', [], [control('no-store')], 'cache-lifetime undecided'],
  ['a POST may be kept', [control('no-store')], [], 'header-unread benign', 200, 'POST'],
  [
    'Expires says what max-age said',
    [control('max-age=60')],
    [date, ['Expires', 'Fri, 02 Jan 2026 03:05:05 GMT']],
    'header-unread benign, server-identity noise, header-unread benign',
  ],
  [
    'Vary loses a language that caches keep apart',
    [control('max-age=60'), ['Vary', 'Accept-Language']],
    [control('max-age=60')],
    'vary-missing breaking',
  ],
  [
    'Vary loses a language that nobody keeps',
    [control('no-store'), ['Vary', 'Accept-Language']],
    [control('no-store')],
    'header-unread benign',
  ],
  ['Vary names more', [['Vary', 'Cookie']], [['Vary', 'Cookie, Origin']], 'header-wider benign'],
  ['a download is shown', [['Content-Disposition', 'attachment; filename="a"']], [], 'disposition breaking'],
  [
    'an unknown disposition is shown',
    [['Content-Disposition', 'other']],
    [['Content-Disposition', 'inline']],
    'disposition breaking',
  ],
  ['inline is said', [], [['Content-Disposition', 'inline; filename="a"']], 'header-unread benign'],
  ['a challenge goes', [basic], [], 'challenge breaking', 401],
  ['a challenge of another scheme', [basic], [['WWW-Authenticate', 'Bearer']], 'challenge breaking', 401],
  ['another realm', [basic], [['WWW-Authenticate', 'Basic realm="y"']], 'header-value undecided', 401],
  ['a second challenge', [basic], [basic, ['WWW-Authenticate', 'Bearer']], 'header-wider benign', 401],
  ['a challenge of no 401', [basic], [], 'header-missing undecided'],
  ['the next page goes', [link('</a?page=2>; rel="next"')], [], 'page-link breaking'],
  ['the next page is another', [link('</a?page=2>; rel=next')], [link('</a?page=3>; rel=next')], 'page-link breaking'],
  [
    'the next page is absolute',
    [['Link', '</a?page=2>; rel=next']],
    [['Link', '<https://shop.test/a?page=2>; rel="next"']],
    'header-format benign',
  ],
  ['a preload goes', [link('</a.css>; rel=preload')], [], 'header-unread benign'],
  ['a license goes', [link('</l>; rel=license')], [], 'header-missing undecided'],
  ['OPTIONS allows less', [['Allow', 'GET, PUT']], [['Allow', 'GET']], 'method-lost breaking', 200, 'OPTIONS'],
  ['Allow names more', [['Allow', 'GET']], [['Allow', 'GET, HEAD']], 'header-wider benign', 405],
  ['Allow of a 405 goes', [['Allow', 'GET']], [], 'header-missing undecided', 405],
  [
    'another range',
    [['Content-Range', 'bytes 0-1/9']],
    [['Content-Range', 'bytes 1-2/9']],
    'content-range breaking',
    206,
  ],
  [
    'a logout clears less',
    [['Clear-Site-Data', '"cookies", "storage"']],
    [['Clear-Site-Data', '"cookies"']],
    'site-data-kept breaking',
  ],
  ['a protection goes', [['X-Frame-Options', 'DENY']], [], 'protection-missing undecided'],
  [
    'credentials go where no origin is allowed',
    [['Access-Control-Allow-Credentials', 'true']],
    [],
    'cors-unasked undecided',
  ],
  [
    'exposed fields go where an origin is allowed',
    [
      ['Access-Control-Allow-Origin', '*'],
      ['Access-Control-Expose-Headers', 'ETag'],
    ],
    [['Access-Control-Allow-Origin', '*']],
    'cors breaking',
  ],
  ['Retry-After goes', [['Retry-After', '60']], [], 'header-missing undecided', 503],
];

describe('what a field means to its readers', () => {
  it.each(ROWS)('%s', (_, stable, candidate, verdict, status, method) => {
    expect(judged(stable, candidate, status, method)).toBe(verdict);
  });
});
