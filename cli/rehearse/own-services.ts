/** Services that somebody rehearses: asked before anything is started. */
import { type RequestOptions, request } from 'node:http';
import { withoutSecrets } from '../../capture/redaction/index.ts';
import type { MixEntry } from '../../rehearsal/load/index.ts';
import { asError, codeOf, UsageError } from '../shared/index.ts';

interface Named {
  readonly stable?: string;
  readonly candidate?: string;
  readonly health: string;
}

/** Asked for their health, as the load balancer would. @throws UsageError that names the option */
export async function ownServices({
  stable,
  candidate,
  health,
}: Named): Promise<Record<'stable' | 'candidate', string>> {
  if (stable === undefined || candidate === undefined)
    throw new UsageError('--stable and --candidate must be given together');
  await reachable('--stable', stable, health);
  await reachable('--candidate', candidate, health);
  return { stable, candidate };
}

/** Requests that are tried before a run. */
const TRIED = 10;

/** Where stable serves nothing of what clients will ask, no cutover could be judged. @throws UsageError that names the first answer */
export async function refuseUnserved(stable: string, mix: readonly MixEntry[]): Promise<void> {
  const safe = mix.filter(({ method }) => method === 'GET' || method === 'HEAD').slice(0, TRIED);
  const statuses: number[] = [];
  for (const { method, path, headers = [] } of safe) {
    const status = await statusOf(new URL(path, stable), { method, headers: Object.fromEntries(headers) });
    if (status === null || status < 400) return;
    statuses.push(status);
  }
  const [first] = safe;
  if (first === undefined) return;
  throw new UsageError(
    `--stable: ${first.method} ${withoutSecrets(first.path)} was answered with ${statuses[0]}${statuses.length > 1 ? `, and all ${statuses.length} requests that were tried with errors` : ''}: give paths that it serves by --path, or requests with their login by --traffic`,
  );
}

/** null where there was no answer in time, which a run shows. */
async function statusOf(url: URL, init: Pick<RequestOptions, 'method' | 'headers'>): Promise<number | null> {
  try {
    return await asked(url, init);
  } catch {
    return null;
  }
}

/** What a load balancer would find wrong with a service; null: nothing. */
export async function healthProblem(url: string, health: string): Promise<string | null> {
  const at = new URL(health, url);
  try {
    const status = await asked(at, {});
    return status === 200
      ? null
      : `${at.href} answered ${status} instead of 200, so the load balancer would consider it unhealthy; --health names another path`;
  } catch (error) {
    return noAnswer(at, error);
  }
}

async function reachable(name: string, url: string, health: string): Promise<void> {
  const given = URL.canParse(url) ? new URL(url) : null;
  if (given?.protocol !== 'http:')
    throw new UsageError(
      `${name} must be an http URL (got "${withoutSecrets(url)}")${given?.protocol === 'https:' ? ': the local load balancer speaks no TLS to its targets, so give the plain port behind it' : ''}`,
    );
  if (given.username !== '' || given.password !== '')
    throw new UsageError(`${name} must be a URL without credentials (got "${withoutSecrets(url)}")`);
  if (given.pathname !== '/' || given.search !== '' || given.hash !== '')
    throw new UsageError(
      `${name} must be a scheme, host and port only (got "${withoutSecrets(url)}"): a load balancer passes paths on as they are; give them by --path, --health or --traffic`,
    );
  const problem = await healthProblem(url, health);
  if (problem !== null) throw new UsageError(`${name}: ${problem}`);
}

/** A service that has taken no longer is slow, not down. */
const ASKED_MS = 3_000;

/** Its status; a redirect is an answer, as it is for a load balancer. Not by `fetch`, which asks nobody at ports that browsers avoid. */
function asked(url: URL, { method, headers }: Pick<RequestOptions, 'method' | 'headers'>): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const signal = AbortSignal.timeout(ASKED_MS);
  const asking = request(url, { method, headers, signal, agent: false });
  asking.once('response', (response) => {
    resolve(response.statusCode ?? 0);
    response.destroy();
  });
  asking.once('error', reject);
  asking.end();
  return promise;
}

function noAnswer({ href, origin }: URL, error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError')
    return `${href} gave no answer within ${ASKED_MS / 1000} s; --health names another path`;
  const code = codeOf(error) ?? '';
  if (code === 'ECONNREFUSED') return `nothing listens at ${origin}; start the service, then rehearse`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host of ${origin} has no address that this machine knows`;
  if (/^(?:HPE_|ECONNRESET)/.test(code))
    return `${href} was not answered in HTTP (${code}); the port may speak TLS or another protocol`;
  return `cannot reach ${origin} (${asError(error).message})`;
}
