/**
 * Variations of a request that Express and Go are known to interpret differently (docs/reference/diff-and-contract.md).
 */
import { UsageError } from '../../shared/index.ts';
import { PROBE_METHOD } from './policy.ts';
import type { PlannedRequest } from './requests/index.ts';

type Vary = (request: PlannedRequest) => Partial<PlannedRequest> | null;

const onPath =
  (change: (path: string) => string): Vary =>
  ({ target }) => {
    const [path, query] = split(target);
    return { target: query === null ? change(path) : `${change(path)}?${query}` };
  };

/** Changes the first pair of a query, which the service presumably reads. */
const onQuery =
  (change: (key: string, value: string) => string): Vary =>
  ({ target }) => {
    const [path, query] = split(target);
    const [, key, value, rest] = /^([^&=]+)=([^&]*)(.*)$/.exec(query ?? '') ?? [];
    if (key === undefined || value === undefined) return null;
    return { target: `${path}?${change(key, value)}${rest ?? ''}` };
  };

export const PROBES = {
  'path-case': onPath((path) => path.toUpperCase()),
  'trailing-slash': onPath((path) => (path.endsWith('/') && path !== '/' ? path.slice(0, -1) : `${path}/`)),
  'double-slash': onPath((path) => `/${path}`),
  'dot-segment': onPath((path) => `/crossfade-probe/..${path}`),
  'unknown-path': onPath((path) => `${path.replace(/\/$/, '')}/crossfade-probe/unknown`),
  'wrong-method': () => ({ method: PROBE_METHOD, body: null }),
  head: ({ method }) => (method === 'GET' ? { method: 'HEAD' } : null),
  'query-semicolon': onQuery((key, value) => `${key}=${value};crossfade=1`),
  'query-escape': onQuery((key, value) => `${key}=${value}%zz`),
  'query-nesting': onQuery((key, value) => `${key}[crossfade]=${value}`),
  'query-repeated': onQuery((key, value) => `${key}=${value}&${key}=${value}`),
  'body-key-case': ({ body }) => {
    const text = body?.toString('utf8') ?? '';
    const changed = text.replace(/^(\s*\{\s*")([^"\\]+)(")/, (_all, before: string, key: string, after: string) => {
      return `${before}${key === key.toUpperCase() ? key.toLowerCase() : key.toUpperCase()}${after}`;
    });
    return changed === text ? null : { body: Buffer.from(changed) };
  },
} as const satisfies Readonly<Record<string, Vary>>;

export type Probe = keyof typeof PROBES;
const NAMES = Object.keys(PROBES).filter(isProbe);

/** @throws UsageError that names the probe */
export function parseProbes(given: readonly string[]): readonly Probe[] {
  if (given.includes('all')) return NAMES;
  return given.map((name) => {
    if (!isProbe(name)) throw new UsageError(`--probe must be one of all, ${NAMES.join(', ')} (got "${name}")`);
    return name;
  });
}

/** The request as changed by the probe; null if there is nothing to change. */
export function probe(request: PlannedRequest, name: Probe): PlannedRequest | null {
  const change = PROBES[name](request);
  return change === null ? null : { ...request, ...change, id: `${request.id}~${name}` };
}

function isProbe(name: string): name is Probe {
  return Object.hasOwn(PROBES, name);
}

function split(target: string): [string, string | null] {
  const at = target.indexOf('?');
  return at < 0 ? [target, null] : [target.slice(0, at), target.slice(at + 1)];
}
