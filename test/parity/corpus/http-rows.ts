/** Rows about routing, status, header fields and bodies that are not JSON. */

import { FILE_DATE } from './files.ts';
import { ALL, EXPRESS, get, POLICY, type Row, row } from './row.ts';

/** ETag that express.static makes from the size and time of corpus-files/one.txt. */
const FILE_ETAG = `W/"4-${FILE_DATE.getTime().toString(16)}"`;

export const HTTP_ROWS: readonly Row[] = [
  row(17, 'JSON without a charset', ALL, get('/no-charset'), ['header:content-type charset benign']),
  row(17, 'JSON that Go sniffs as text', ALL, get('/untyped'), ['header:content-type media-type breaking']),
  row(18, 'a weak ETag lost', EXPRESS, get('/items'), ['header:etag validator-kind undecided'], {
    look: ['header:etag'],
  }),
  row(
    18,
    'a weak ETag against a strong one',
    EXPRESS,
    get('/strong-etag'),
    ['header:etag header-case benign', 'header:etag validator-kind undecided'],
    {
      look: ['header:etag'],
    },
  ),
  row(18, 'a 304 lost', EXPRESS, { target: '/items', headers: { 'If-None-Match': '*' } }, [
    'status validator-kind undecided',
  ]),
  row(
    18,
    'a 304 by an ETag that Express does not send',
    EXPRESS,
    { target: '/strong-etag', headers: { 'If-None-Match': '"v1"' } },
    ['status validator-kind undecided'],
  ),
  row(19, 'the case of names', EXPRESS, get('/custom-header'), ['header:x-custom-id header-case benign'], {
    look: ['header:x-custom-id'],
  }),
  row(
    20,
    'what names the server',
    EXPRESS,
    { target: '/items', headers: { Connection: 'keep-alive' } },
    [
      'header:connection server-identity noise',
      'header:keep-alive server-identity noise',
      'header:x-powered-by server-identity noise',
    ],
    { look: ['header:connection', 'header:keep-alive', 'header:x-powered-by'] },
  ),
  row(21, 'the length that HEAD announces', EXPRESS, { method: 'HEAD', target: '/large' }, [
    'header:content-length content-length benign',
  ]),
  row(22, 'chunked against Content-Length', EXPRESS, get('/large'), ['header:transfer-encoding framing benign'], {
    look: ['header:transfer-encoding', 'header:content-length'],
  }),
  row(23, '// in the path', ALL, get('//items'), ['status path-cleaning-redirect breaking']),
  row(23, '.. in the path', ALL, get('/x/../items'), ['status path-cleaning-redirect breaking']),
  row(23, '. in the path', ALL, get('/./items'), ['status path-cleaning-redirect breaking']),
  row(24, 'a redirect to a subtree', ALL, get('/dir'), ['status trailing-slash breaking']),
  row(24, 'a trailing slash that Express overlooks', EXPRESS, get('/items/'), ['status trailing-slash breaking']),
  row(25, 'a path of another case', EXPRESS, get('/ITEMS'), ['status path-case breaking']),
  row(26, 'the 404 page', EXPRESS, get('/nope'), [
    POLICY,
    'header:content-type media-type breaking',
    'body not-found-body breaking',
  ]),
  row(27, 'a method that is not there', EXPRESS, { method: 'DELETE', target: '/items' }, [
    'status method-not-allowed undecided',
  ]),
  row(28, 'a crash', ALL, get('/panic'), ['answer crash-closes-connection breaking']),
  row(29, 'http.Error with JSON', EXPRESS, get('/http-error'), [
    'header:content-type error-as-text breaking',
    'body trailing-newline benign',
  ]),
  row(32, 'the order of a cookie', EXPRESS, get('/cookies/order'), ['header:set-cookie cookie-format benign']),
  row(32, 'quotes around a cookie', EXPRESS, get('/cookies/quoted'), ['header:set-cookie cookie-format benign']),
  row(33, 'gzip against none', EXPRESS, get('/gzip'), [
    'header:content-encoding content-encoding benign',
    'header:vary content-encoding benign',
  ]),
  row(33, 'gzip of another level', EXPRESS, get('/gzip?coding=gzip'), []),

  row(
    'new',
    'Expires where Express sends Max-Age too',
    EXPRESS,
    get('/cookies/expires'),
    ['header:set-cookie cookie-format benign'],
    { random: true },
  ),
  row(
    'new',
    'a weak ETag of other making',
    EXPRESS,
    get('/weak-etag'),
    ['header:etag header-case benign', 'header:etag validator-value undecided'],
    { look: ['header:etag'] },
  ),
  row('new', 'a digest of a body that Go escapes', EXPRESS, get('/signed'), [
    'header:content-digest body-digest undecided',
    'body/html html-escape benign',
  ]),
  row('new', 'a cookie that is cleared', EXPRESS, get('/cookies/cleared'), ['header:set-cookie cookie-format benign']),
  row('new', 'a cookie with a space', EXPRESS, get('/cookies/escaped'), ['header:set-cookie cookie-encoding breaking']),
  row('new', 'a cookie without Path', EXPRESS, get('/cookies/no-path'), ['header:set-cookie cookie-value breaking']),
  row('new', 'a cookie that Go cuts', EXPRESS, get('/cookies/non-text'), ['header:set-cookie cookie-value breaking']),
  row('new', 'text that Express calls HTML', EXPRESS, get('/plain'), ['header:content-type media-type breaking']),
  row('new', 'the body of a redirect', EXPRESS, get('/moved'), [
    'header:content-type redirect-body benign',
    'header:vary header-missing undecided',
    'body redirect-body benign',
  ]),
  row('new', 'the body of a redirect, Fastify', ['fastify'], get('/moved'), [
    'header:content-type redirect-body benign',
    'body redirect-body benign',
  ]),
  row('new', 'an absolute Location', EXPRESS, get('/moved-absolute'), ['header:location location-form benign'], {
    look: ['header:location'],
  }),
  row('new', 'lines in the order of a Go map', EXPRESS, get('/lines'), ['body/line/n line-order breaking'], {
    look: ['body'],
    random: true,
  }),
  row('new', 'Cache-Control and Vary in another order', EXPRESS, get('/cache-control'), [
    'header:cache-control header-format benign',
    'header:vary header-format benign',
  ]),
  row('new', 'CORS forgotten', EXPRESS, { target: '/cors', headers: { Origin: 'https://app.test' } }, [
    'header:access-control-allow-origin cors breaking',
  ]),
  row('new', 'no CORS where no Origin asks', EXPRESS, get('/cors'), [
    'header:access-control-allow-origin cors-unasked undecided',
  ]),
  row('new', 'the same page, written otherwise', EXPRESS, get('/page'), ['body markup-format benign']),
  row('new', 'JavaScript by its old name', ['express4'], get('/static/app.js'), [
    'header:accept-ranges header-unread benign',
    'header:content-type header-format benign',
  ]),
  row('new', 'JavaScript by its new name', ['express5'], get('/static/app.js'), [
    'header:accept-ranges header-unread benign',
  ]),
  row('new', 'index.html of a file server', EXPRESS, get('/static/index.html'), ['status index-redirect breaking']),
  row('new', 'a folder of a file server', EXPRESS, get('/static/sub'), ['status trailing-slash breaking']),
  row(
    'new',
    'express.static against http.FileServer',
    EXPRESS,
    get('/files/one.txt'),
    ['header:cache-control cache-lifetime undecided', 'header:etag validator-kind undecided'],
    { look: ['status', 'header:cache-control', 'header:content-type', 'header:etag', 'header:last-modified', 'body'] },
  ),
  row('new', 'a range of a file', EXPRESS, { target: '/files/one.txt', headers: { Range: 'bytes=1-2' } }, [
    'header:cache-control cache-lifetime undecided',
  ]),
  row(
    'new',
    'a file that has not changed, by date',
    EXPRESS,
    { target: '/files/one.txt', headers: { 'If-Modified-Since': 'Tue, 24 Nov 2026 08:00:00 GMT' } },
    ['header:accept-ranges header-missing undecided', 'header:cache-control cache-lifetime undecided'],
  ),
  row(
    18,
    'a file that has not changed, by ETag',
    EXPRESS,
    { target: '/files/one.txt', headers: { 'If-None-Match': FILE_ETAG } },
    ['status validator-kind undecided'],
  ),
  row('new', 'the listing of a folder', EXPRESS, get('/files/'), ['status trailing-slash breaking']),
  row('new', 'a 204', ALL, get('/empty'), []),
  row('new', 'nothing said at all', EXPRESS, get('/nothing-said'), []),
  row('new', 'the 404 of Fastify', ['fastify'], get('/nope'), [
    'header:content-type error-as-text breaking',
    'body not-found-body breaking',
  ]),
  row('new', 'HEAD of a page that is not there', EXPRESS, { method: 'HEAD', target: '/nope' }, [
    'header:content-length content-length benign',
    POLICY,
    'header:content-type header-value undecided',
  ]),
  row('new', 'OPTIONS without a handler', EXPRESS, { method: 'OPTIONS', target: '/items' }, [
    'status options-default undecided',
  ]),
  row('new', 'OPTIONS of a page that is not there', EXPRESS, { method: 'OPTIONS', target: '/nope' }, [
    POLICY,
    'header:content-type media-type breaking',
    'body not-found-body breaking',
  ]),
  row(
    'new',
    'chi: HEAD is not GET',
    EXPRESS,
    { method: 'HEAD', target: '/items' },
    ['status head-not-routed breaking'],
    {
      candidate: 'chi',
    },
  ),
  row(24, 'chi: a trailing slash', EXPRESS, get('/items/'), ['status trailing-slash breaking'], { candidate: 'chi' }),
  row(25, 'chi: a path of another case', EXPRESS, get('/ITEMS'), ['status path-case breaking'], { candidate: 'chi' }),
  row(
    27,
    'chi: a method that is not there',
    EXPRESS,
    { method: 'POST', target: '/items' },
    ['status method-not-allowed undecided'],
    { candidate: 'chi' },
  ),
  row(
    'new',
    'chi: // is not cleaned',
    EXPRESS,
    get('//items'),
    [POLICY, 'header:content-type media-type breaking', 'body not-found-body breaking'],
    { candidate: 'chi' },
  ),
  row(
    'new',
    'chi: OPTIONS without a handler',
    EXPRESS,
    { method: 'OPTIONS', target: '/items' },
    ['status options-default undecided'],
    { candidate: 'chi' },
  ),
  row('new', 'chi: a request that both answer', EXPRESS, get('/items'), [], { candidate: 'chi' }),
];
