/**
 * The corpus's stable side in Express, the same code for versions 4 and 5: what a migration starts from, with Express's
 * defaults.
 */

import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createGzip } from 'node:zlib';
import type express5 from 'express';
import type { Express, Request, Response } from 'express';
import { NODE_TEXTS, NODE_VALUES } from './node-values.ts';

/** @param files folder that is served as static files */
export function expressApp(express: typeof express5, files: string): Express {
  const app = express();
  // Otherwise error pages contain a stack trace with this machine's paths.
  app.set('env', 'production');
  app.use(express.json({ limit: 1_000 }));
  app.get('/json/:case', (req, res) => {
    const { case: name } = req.params;
    const text = NODE_TEXTS[name];
    if (text !== undefined) res.type('json').send(text);
    else res.json(NODE_VALUES[name]);
  });
  app.get(
    ['/json-encoder', '/no-charset', '/untyped', '/custom-header', '/strong-etag', '/weak-etag', '/cors'],
    special,
  );
  app.get('/json-ignored-error', (_req, res) => void res.json(NODE_VALUES.nan));
  app.post('/names', (req, res) => void res.json({ name: body(req).name }));
  app.post('/required', (req, res) => {
    const { name } = body(req);
    if (name) res.status(201).json({ name });
    else res.status(400).json({ error: 'name is required' });
  });
  app.get('/items', (_req, res) => void res.json({ items: [1] }));
  app.get('/dir', (_req, res) => void res.json({ dir: true }));
  app.get('/params/:id', (req, res) => void res.json({ id: req.params.id }));
  app.get('/query', (req, res) => void res.json(req.query));
  app.get('/first', (req, res) => void res.json({ q: req.query.q }));
  app.get('/filter', (req, res) => {
    if (req.query.a) res.json({ ok: true });
    else res.status(400).json({ error: 'a is required' });
  });
  app.get('/panic', () => {
    throw new Error('boom');
  });
  app.get('/plain', (_req, res) => void res.send('hello'));
  app.get('/http-error', (_req, res) => void res.status(409).json({ error: 'no stock' }));
  app.get('/large', (_req, res) => void res.json({ text: 'x'.repeat(5_000) }));
  app.get('/gzip', gzipped);
  app.get('/signed', (_req, res) => {
    const body = JSON.stringify({ html: '<a&b>' });
    const digest = createHash('sha256').update(body).digest('base64');
    res.type('json').set('Content-Digest', `sha-256=:${digest}:`).send(body);
  });
  app.get('/empty', (_req, res) => void res.status(204).end());
  app.get('/nothing-said', (_req, res) => void res.end());
  app.get('/moved', (_req, res) => void res.redirect('/items'));
  app.get('/moved-absolute', (_req, res) => void res.redirect('/items'));
  app.get('/lines', (_req, res) => {
    res.type('text/plain');
    res.send(Array.from({ length: 26 }, (_, i) => `${String.fromCharCode(97 + i)} ${97 + i}\n`).join(''));
  });
  app.get('/cookies/:case', setCookie);
  app.get('/cache-control', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=60').set('Vary', 'Accept-Encoding, Origin').json({ ok: true });
  });
  app.get('/page', (_req, res) => {
    res.type('html').send('<!doctype html><p class="b" id="a">café</p>');
  });
  app.use('/static', (req, res, next) => {
    const files: Readonly<Record<string, string>> = { '/index.html': '<p>index</p>', '/app.js': 'let a = 1;' };
    const file = files[req.path];
    if (file === undefined) next();
    else res.type(req.path.slice(req.path.lastIndexOf('.'))).send(file);
  });
  app.use('/files', express.static(files));
  return app;
}

function special(req: Request, res: Response): void {
  if (req.path === '/custom-header') res.set('x-custom-id', '7');
  if (req.path === '/cors') res.set('Access-Control-Allow-Origin', '*');
  res.json({ ok: true });
}

async function gzipped(_req: Request, res: Response): Promise<void> {
  res.set({ 'Content-Encoding': 'gzip', 'Content-Type': 'application/json; charset=utf-8', Vary: 'Accept-Encoding' });
  const zip = createGzip({ level: 9 });
  zip.pipe(res);
  zip.end(JSON.stringify({ text: 'x'.repeat(500) }));
  await once(res, 'finish');
}

function setCookie(req: Request, res: Response): void {
  const kinds: Readonly<Record<string, () => void>> = {
    order: () => res.cookie('sid', 'abc', { httpOnly: true, sameSite: 'lax', maxAge: 3_600_000 }),
    expires: () => res.cookie('sid', 'abc', { maxAge: 3_600_000 }),
    quoted: () => res.append('Set-Cookie', 'sid=a,b; Path=/'),
    escaped: () => res.cookie('sid', 'a b'),
    'no-path': () => res.cookie('sid', 'abc'),
    cleared: () => res.clearCookie('sid'),
    'non-text': () => res.cookie('sid', 'café'),
  };
  kinds[String(req.params.case)]?.();
  res.json({ ok: true });
}

function body(req: Request): { readonly name?: unknown } {
  return typeof req.body === 'object' && req.body !== null ? req.body : {};
}
