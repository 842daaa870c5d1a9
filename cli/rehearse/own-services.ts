/** Checks somebody's own services before anything is started. */
import { request as plainRequest, type RequestOptions } from 'node:http';
import { request as tlsRequest } from 'node:https';
import { withoutSecrets } from '../../capture/redaction/index.ts';
import type { MixEntry } from '../../rehearsal/load/index.ts';
import type { Side } from '../../sides/index.ts';
import { asError, codeOf, tlsProblem, UsageError } from '../shared/index.ts';

interface Named {
  readonly stable?: string;
  readonly candidate?: string;
  readonly health: string;
  readonly authorities?: Authorities;
}

/** Trusted certificates (PEM). @default those that Node trusts */
type Authorities = readonly string[] | undefined;

/** Checks their health, as the load balancer would. @throws UsageError that names the option */
export async function ownServices({ stable, candidate, health, authorities }: Named): Promise<Record<Side, string>> {
  if (stable === undefined || candidate === undefined)
    throw new UsageError('--stable and --candidate must be given together');
  await reachable('--stable', stable, health, authorities);
  await reachable('--candidate', candidate, health, authorities);
  return { stable, candidate };
}

/** How many requests are tried before a run. */
const TRIED = 10;

/** If stable serves none of the requests, no cutover could be judged. @throws UsageError that names the first answer */
export async function refuseUnserved(
  stable: string,
  mix: readonly MixEntry[],
  authorities?: Authorities,
): Promise<void> {
  const safe = mix.filter(({ method }) => method === 'GET' || method === 'HEAD').slice(0, TRIED);
  const [first] = safe;
  if (first === undefined) return;
  const answers = await Promise.all(
    safe.map(({ method, path, headers = [] }) =>
      statusOf(new URL(path, stable), { method, headers: Object.fromEntries(headers) }, authorities),
    ),
  );
  if (answers.some((status) => status !== null && status < 400)) return;
  const [status = null] = answers;
  const answered = status === null ? `was not answered within ${ASKED_MS / 1000} s` : `was answered with ${status}`;
  const others = safe.length === 1 ? '' : `, and none of the ${safe.length} requests that were tried was served`;
  throw new UsageError(
    `--stable: ${first.method} ${withoutSecrets(first.path)} ${answered}${others}: give paths that it serves by --path, or requests with their login by --traffic`,
  );
}

/** null if there was no answer in time. */
async function statusOf(
  url: URL,
  init: Pick<RequestOptions, 'method' | 'headers'>,
  authorities: Authorities,
): Promise<number | null> {
  try {
    return (await asked(url, init, authorities)).status;
  } catch {
    return null;
  }
}

/** What a load balancer would object to in a service; null if nothing. */
export async function healthProblem(url: string, health: string, authorities?: Authorities): Promise<string | null> {
  const at = new URL(health, url);
  try {
    const { status, location } = await asked(at, {}, authorities);
    const led = location === undefined ? '' : ` and leads to ${withoutSecrets(location)}`;
    return status === 200
      ? null
      : `${at.href} answered ${status} instead of 200${led}, so the load balancer would consider it unhealthy; --health names another path; health checks have no --header, as those of a load balancer`;
  } catch (error) {
    return noAnswer(at, error);
  }
}

async function reachable(name: string, url: string, health: string, authorities: Authorities): Promise<void> {
  const given = URL.canParse(url) ? new URL(url) : null;
  if (given === null || !/^https?:$/.test(given.protocol))
    throw new UsageError(`${name} must be an http or https URL (got "${withoutSecrets(url)}")`);
  if (given.username !== '' || given.password !== '')
    throw new UsageError(`${name} must be a URL without credentials (got "${withoutSecrets(url)}")`);
  if (given.pathname !== '/' || given.search !== '' || given.hash !== '')
    throw new UsageError(
      `${name} must be a scheme, host and port only (got "${withoutSecrets(url)}"): a load balancer passes paths on as they are; give them by --path, --health or --traffic`,
    );
  const problem = await healthProblem(url, health, authorities);
  if (problem !== null) throw new UsageError(`${name}: ${problem}`);
}

/** A service within this time is slow, not down. */
const ASKED_MS = 3_000;

/**
 * The answer's status. A redirect is an answer, as for a load balancer. `fetch` is not used, because it refuses ports
 * that browsers block.
 */
function asked(
  url: URL,
  { method, headers }: Pick<RequestOptions, 'method' | 'headers'>,
  authorities: Authorities,
): Promise<{ readonly status: number; readonly location: string | undefined }> {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof asked>>>();
  const signal = AbortSignal.timeout(ASKED_MS);
  const init = { method, headers, signal, agent: false };
  const asking =
    url.protocol === 'https:'
      ? tlsRequest(url, authorities === undefined ? init : { ...init, ca: [...authorities] })
      : plainRequest(url, init);
  asking.once('response', (response) => {
    resolve({ status: response.statusCode ?? 0, location: response.headers.location });
    response.destroy();
  });
  asking.once('error', reject);
  asking.end();
  return promise;
}

function noAnswer({ href, origin }: URL, error: unknown): string {
  if (error instanceof Error && error.name === 'AbortError')
    return `${href} gave no answer within ${ASKED_MS / 1000} s; --health names another path`;
  const untrusted = tlsProblem(origin, error);
  if (untrusted !== null) return untrusted;
  const code = codeOf(error) ?? '';
  if (code === 'ECONNREFUSED') return `nothing listens at ${origin}; start the service, then rehearse`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return `the host of ${origin} has no address that this machine knows`;
  if (/^(?:HPE_|ECONNRESET)/.test(code))
    return `${href} was not answered in HTTP (${code}); the port may speak TLS (https://) or another protocol`;
  return `cannot reach ${origin} (${asError(error).message})`;
}
