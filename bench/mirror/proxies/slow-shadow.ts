/** A shadow that takes two seconds for each answer. */
import { createServer } from 'node:http';
import { listening } from './listening.ts';

const SLOW_MS = 2_000;
const body = Buffer.alloc(1_024, 'x');
listening(
  createServer((req, res) => {
    req.resume();
    setTimeout(() => res.writeHead(200, { 'content-length': body.length }).end(body), SLOW_MS);
  }),
);
