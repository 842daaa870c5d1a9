/** The requests of one's own clients: from recordings, texts or documents, each as often as it occurs there. */
import type { Readable } from 'node:stream';
import { pathOfRoute } from '../../parity/rules/index.ts';
import type { MixEntry } from '../../rehearsal/load/index.ts';
import {
  admit,
  findSources,
  type PlannedRequest,
  parseAllowed,
  parseValues,
  requestsOf,
  SkippedRequests,
} from '../compare/contract/index.ts';
import { UsageError } from '../shared/index.ts';

export interface OwnTraffic {
  readonly mix: readonly MixEntry[];
  /** Templates of the paths. */
  readonly routes: readonly string[];
  /** Requests that are left out. */
  readonly skipped: SkippedRequests;
}

export interface TrafficFiles {
  readonly stdin: Readable;
  readonly files: readonly string[];
  /** `METHOD:/path` of requests that may be sent although they have side effects. */
  readonly allow: readonly string[];
  /** Fields of every request, which replace those of the file. */
  readonly headers: readonly (readonly [string, string])[];
  /** `name=value` pairs for open values of a document. */
  readonly values: readonly string[];
  readonly signal: AbortSignal;
}

/** How many different requests are kept; more would add nothing new. */
const MOST = 10_000;

/** @throws UsageError if nothing in the files can be sent */
export async function readTraffic({
  stdin,
  files,
  allow,
  headers: given,
  values,
  signal,
}: TrafficFiles): Promise<OwnTraffic> {
  const sources = await findSources(stdin, [], files, {
    named: '--traffic',
    routes: [],
    values: parseValues(values),
    bases: [],
  });
  const policy = { allowed: parseAllowed(allow), headers: given };
  const names = sources.map(({ file }) => file);
  const mix = new Map<string, MixEntry>();
  const routes = new Set<string>();
  const skipped = new SkippedRequests();
  for await (const planned of requestsOf(sources, { routes: [], signal })) {
    const request =
      'reason' in planned
        ? { skipped: planned.reason, at: planned.at }
        : 'skipped' in planned
          ? planned
          : admit(planned, policy);
    if ('skipped' in request) {
      skipped.add(request, names);
      continue;
    }
    const { method, target, headers, body, route, at } = request;
    if (needsAnswers(request)) {
      skipped.add(
        { skipped: 'it needs a variable that is known only while it runs', of: `${method} ${target}`, at },
        names,
      );
      continue;
    }
    const key = JSON.stringify([method, target, headers, body?.toString('base64')]);
    const weight = (mix.get(key)?.weight ?? 0) + 1;
    if (weight === 1 && mix.size >= MOST) continue;
    mix.set(key, { method, path: target, weight, headers, ...(body === null ? {} : { body: new Uint8Array(body) }) });
    routes.add(pathOfRoute(route));
  }
  if (mix.size === 0) {
    const reasons = skipped.lines().map((line) => `\n${line}`);
    throw new UsageError(
      `--traffic: no request of ${files.join(', ')} can be sent${reasons.length === 0 ? ': there is none' : reasons.join('')}`,
    );
  }
  return { mix: [...mix.values()], routes: [...routes], skipped };
}

/** A recorded body may contain braces of its own, whereas `{{name}}` in an owner's file is a variable. */
function needsAnswers({ target, headers, body, inFlow, isOpen }: PlannedRequest): boolean {
  const written = [
    target,
    ...headers.map(([, value]) => value),
    ...(inFlow === true || isOpen === true ? [body?.toString('utf8') ?? ''] : []),
  ];
  return written.some((text) => /\{\{\s*[^{}\s]+\s*\}\}/.test(text));
}
