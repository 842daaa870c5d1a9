/** What clients of one's own services ask for: recordings, texts or documents, each request as often as it stands there. */
import type { Readable } from 'node:stream';
import { pathOfRoute } from '../../parity/rules/index.ts';
import type { MixEntry } from '../../rehearsal/load/index.ts';
import { admit, findSources, parseAllowed, requestsOf } from '../compare/contract/index.ts';
import { UsageError } from '../shared/index.ts';

export interface OwnTraffic {
  readonly mix: readonly MixEntry[];
  /** Templates of the paths. */
  readonly routes: readonly string[];
  /** Why requests were left out, and how many. */
  readonly skipped: ReadonlyMap<string, number>;
}

export interface TrafficFiles {
  readonly stdin: Readable;
  readonly files: readonly string[];
  /** `METHOD:/path` that may be sent although they have side effects. */
  readonly allow: readonly string[];
  readonly signal: AbortSignal;
}

/** Different requests that are kept: more would only be more of the same. */
const MOST = 10_000;

/** @throws UsageError where nothing in the files can be sent */
export async function readTraffic({ stdin, files, allow, signal }: TrafficFiles): Promise<OwnTraffic> {
  const sources = findSources(stdin, [], files, { named: '--traffic', routes: [], values: new Map(), bases: [] });
  const policy = { allowed: parseAllowed(allow), headers: [] };
  const mix = new Map<string, MixEntry>();
  const routes = new Set<string>();
  const skipped = new Map<string, number>();
  const skip = (reason: string) => skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  for await (const planned of requestsOf(sources, { routes: [], signal })) {
    const request =
      'reason' in planned ? { skipped: planned.reason } : 'skipped' in planned ? planned : admit(planned, policy);
    if ('skipped' in request) {
      skip(request.skipped);
      continue;
    }
    const { method, target, headers, body, route } = request;
    if (target.includes('{{')) {
      skip('it needs a variable out of an earlier answer');
      continue;
    }
    const key = JSON.stringify([method, target, headers, body?.toString('base64')]);
    const weight = (mix.get(key)?.weight ?? 0) + 1;
    if (weight === 1 && mix.size >= MOST) continue;
    mix.set(key, { method, path: target, weight, headers, ...(body === null ? {} : { body: new Uint8Array(body) }) });
    routes.add(pathOfRoute(route));
  }
  if (mix.size === 0) {
    const reasons = [...skipped].map(([reason, count]) => `${count} × ${reason}`).join('; ');
    throw new UsageError(`--traffic: no request of ${files.join(', ')} can be sent (${reasons || 'there is none'})`);
  }
  return { mix: [...mix.values()], routes: [...routes], skipped };
}
