/** Rows about how the two sides understand a request: its parameters, its query and its body. */
import { ALL, EXPRESS, get, POLICY, post, type Row, row } from './row.ts';

export const REQUEST_ROWS: readonly Row[] = [
  row(16, 'request keys of another case, echoed', ALL, post('/names', '{"NAME":"x"}'), [
    'body/name request-key-case undecided',
  ]),
  row(16, 'request keys of another case, required', EXPRESS, post('/required', '{"NAME":"x"}'), [
    'status request-key-case undecided',
  ]),
  row(16, 'v2 matches keys as JavaScript does', ALL, post('/names', '{"NAME":"x"}'), [], { candidate: 'jsonv2' }),
  row(30, 'a semicolon in the query', ALL, get('/query?a=1;b=2'), ['body/a query-pair-dropped breaking']),
  row(30, 'a bad escape in the query', ALL, get('/query?a=1&p=%zz'), ['body/p query-pair-dropped breaking']),
  row(30, 'a semicolon that makes a request invalid', EXPRESS, get('/filter?a=1;b=2'), [
    'status query-pair-dropped breaking',
  ]),
  row(31, 'brackets in the query', ['express4'], get('/query?c[d]=4'), [
    'body/c query-nesting breaking',
    'body/c[d] query-nesting breaking',
  ]),
  row(31, 'brackets in the query, Express 5', ['express5', 'fastify'], get('/query?c[d]=4'), []),
  row('new', 'a key that stands twice in the query', ALL, get('/first?q=1&q=2'), ['body/q query-repeated breaking']),
  row('new', 'an escaped slash in a parameter', ALL, get('/params/a%2Fb'), []),
  row('new', 'an escaped slash in a parameter, chi', EXPRESS, get('/params/a%2Fb'), ['body/id value breaking'], {
    candidate: 'chi',
  }),
  row(
    'new',
    'a bad escape in the path',
    EXPRESS,
    get('/params/%zz'),
    ['header:content-type media-type breaking', 'body error-body breaking'],
    { look: ['status', 'header:content-type', 'body'] },
  ),
  row(
    'new',
    'a bad escape in the path, Fastify',
    ['fastify'],
    get('/params/%zz'),
    ['header:content-type media-type breaking', 'body error-body breaking'],
    { look: ['status', 'header:content-type', 'body'] },
  ),
  row('new', 'an empty parameter, Fastify', ['fastify'], get('/params/'), ['status trailing-slash breaking']),
  row('new', 'a malformed request body', EXPRESS, post('/names', '{"name":'), [
    POLICY,
    'header:content-type media-type breaking',
    'body error-body breaking',
  ]),
  row('new', 'a malformed request body, Fastify', ['fastify'], post('/names', '{"name":'), [
    'header:content-type error-as-text breaking',
    'body error-body breaking',
  ]),
  row('new', 'a request body that is too large', EXPRESS, post('/names', JSON.stringify({ name: 'x'.repeat(2_000) })), [
    POLICY,
    'header:content-type media-type breaking',
    'body error-body breaking',
  ]),
  row('new', 'a request body with null for an object', EXPRESS, post('/names', 'null'), [
    'status request-body-validity breaking',
  ]),
  row('new', 'a request body with another type', EXPRESS, post('/names', '{"name":5}'), [
    'status request-body-validity breaking',
  ]),
  row(
    'new',
    'a request that waits for 100 Continue',
    ALL,
    { ...post('/names', '{"name":"x"}'), headers: { 'Content-Type': 'application/json', Expect: '100-continue' } },
    [],
  ),
  row('new', 'an empty request body', EXPRESS, post('/names', ''), ['status request-body-validity breaking']),
  row('new', 'a key that stands twice in a request body', ALL, post('/names', '{"name":"x","name":"y"}'), []),
  row(
    'new',
    'v2 refuses a key that stands twice',
    ALL,
    post('/names', '{"name":"x","name":"y"}'),
    ['status request-body-validity breaking'],
    { candidate: 'jsonv2' },
  ),
  row('new', 'a request body that is not called JSON', EXPRESS, post('/names', '{"name":"x"}', 'text/plain'), [
    'body/name request-media-type breaking',
  ]),
  row('new', 'a request body of an unknown type, Fastify', ['fastify'], post('/names', '{"name":"x"}', 'text/x-odd'), [
    'status request-media-type breaking',
  ]),
];
