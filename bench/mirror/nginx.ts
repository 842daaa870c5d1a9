/** nginx as one process on loopback, with its own configuration and folder: no system service is touched. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';

const START_TRIES = 100;
const TEMPS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'] as const;

export interface Nginx {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

export const LARGE = '/large';
const BODY = JSON.stringify({ id: 42, text: 'x'.repeat(1_000) });

/** Much faster than any proxy: answers of 1 kB directly, and of 100 kB from a file. */
export function startUpstream(dir: string): Promise<Nginx> {
  return startNginx(dir, (prefix) => {
    writeFileSync(join(prefix, 'large'), Buffer.alloc(100_000, 'x'));
    return `default_type application/json; root ${prefix}; sendfile on; tcp_nopush on;
      location / { return 200 '${BODY}'; } location = ${LARGE} { }`;
  });
}

/** A plain reverse proxy; with a shadow, each request is mirrored to it. */
export function startProxy(dir: string, primary: number, shadow?: number): Promise<Nginx> {
  const pass = 'proxy_http_version 1.1; proxy_set_header Connection "";';
  const mirror =
    shadow === undefined
      ? ''
      : `location = /_mirror { internal; ${pass} proxy_set_header X-Shadow 1; proxy_pass http://127.0.0.1:${shadow}$request_uri; }`;
  return startNginx(
    dir,
    () =>
      `location / { ${shadow === undefined ? '' : 'mirror /_mirror;'} ${pass} proxy_pass http://primary; } ${mirror}`,
    `upstream primary { server 127.0.0.1:${primary}; keepalive 256; keepalive_requests 1000000000; }`,
  );
}

async function startNginx(dir: string, server: (prefix: string) => string, http = ''): Promise<Nginx> {
  const port = await freePort();
  const prefix = join(dir, `nginx-${port}`);
  mkdirSync(prefix, { recursive: true });
  const file = join(prefix, 'nginx.conf');
  const temps = TEMPS.map((name) => `${name}_temp_path ${join(prefix, name)};`).join(' ');
  writeFileSync(
    file,
    `daemon off; master_process off; pid ${join(prefix, 'pid')}; error_log ${join(prefix, 'error.log')} crit;
    events { worker_connections 16384; }
    http { access_log off; ${temps} keepalive_requests 1000000000; tcp_nodelay on; ${http}
      server { listen 127.0.0.1:${port} backlog=4096; ${server(prefix)} } }`,
  );
  const child = spawn('nginx', ['-p', prefix, '-c', file, '-e', join(prefix, 'error.log')], { stdio: 'inherit' });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  for (let i = 0; i < START_TRIES && !(await answers(port)); i++) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}: see its message above`);
    await after(20);
  }
  return {
    pid: child.pid ?? 0,
    port,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('error', () => resolve(false));
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
  });
}

/** nginx cannot pick a free port and report it. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
