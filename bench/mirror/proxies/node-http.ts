/** A floor: Node's own client and server, piped; it has none of a proxy's duties except streaming. */
import { Agent, createServer, request } from 'node:http';
import { listening, upstream } from './listening.ts';

const agent = new Agent({ keepAlive: true });
listening(
  createServer((req, res) => {
    const { method, url: path, headers } = req;
    const { hostname: host, port } = upstream;
    const out = request({ host, port, method, path, headers, agent }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
      answer.pipe(res);
    });
    out.on('error', () => res.writeHead(502).end());
    if (method === 'GET' || method === 'HEAD') out.end();
    else req.pipe(out);
  }),
);
