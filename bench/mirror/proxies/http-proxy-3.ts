/** http-proxy-3 as its documentation shows it, with a keep-alive agent. */
import { Agent, createServer } from 'node:http';
import { createProxyServer } from 'http-proxy-3';
import { listening, upstream } from './listening.ts';

const proxy = createProxyServer({ target: upstream.href, agent: new Agent({ keepAlive: true }) });
proxy.on('error', (_error, _req, res) => {
  if ('writeHead' in res) res.writeHead(502).end();
});
listening(createServer((req, res) => proxy.web(req, res)));
