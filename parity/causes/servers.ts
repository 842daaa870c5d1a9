/** The servers and frameworks for which advice exists. */

/** By id: the server's name, and what it is built on, most specific first. Advice for any of these applies, too. */
export const SERVERS = {
  express: { name: 'Express', is: ['express', 'node'] },
  fastify: { name: 'Fastify', is: ['fastify', 'node'] },
  koa: { name: 'Koa', is: ['koa', 'node'] },
  nest: { name: 'Nest', is: ['nest', 'express', 'node'] },
  node: { name: 'Node', is: ['node'] },
  'net-http': { name: 'net/http', is: ['net-http', 'go'] },
  gin: { name: 'gin', is: ['gin', 'go'] },
  chi: { name: 'chi', is: ['chi', 'go'] },
  echo: { name: 'Echo', is: ['echo', 'go'] },
  fiber: { name: 'Fiber', is: ['fiber', 'go'] },
  go: { name: 'Go', is: ['go'] },
  flask: { name: 'Flask', is: ['flask', 'python'] },
  django: { name: 'Django', is: ['django', 'python'] },
  fastapi: { name: 'FastAPI', is: ['fastapi', 'python'] },
  python: { name: 'Python', is: ['python'] },
  spring: { name: 'Spring', is: ['spring', 'java'] },
  java: { name: 'Java', is: ['java'] },
  aspnet: { name: 'ASP.NET Core', is: ['aspnet'] },
  rails: { name: 'Rails', is: ['rails'] },
  php: { name: 'PHP', is: ['php'] },
  rust: { name: 'Rust', is: ['rust'] },
} as const satisfies Readonly<Record<string, { readonly name: string; readonly is: readonly string[] }>>;

export type Server = keyof typeof SERVERS;

/** null: nobody named the server, and its answers do not show it. */
export interface Servers {
  readonly stable: Server | null;
  readonly candidate: Server | null;
}

export function isServer(text: string): text is Server {
  return Object.hasOwn(SERVERS, text);
}
