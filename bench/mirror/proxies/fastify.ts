/** @fastify/http-proxy (undici below) as its documentation shows it. */
import proxy from '@fastify/http-proxy';
import fastify from 'fastify';
import { listening, upstream } from './listening.ts';

const app = fastify();
await app.register(proxy, { upstream: upstream.origin });
await app.ready();
listening(app.server);
