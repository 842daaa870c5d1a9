/** One of the two services. Requests go to it and to nobody else, whatever a request or an answer contains. */
import { connect, isIP } from 'node:net';
import { connect as connectSecurely, createSecureContext } from 'node:tls';
import { type Dispatcher, Pool } from 'undici';
import type { SamplePolicy } from '../../../capture/bytes/index.ts';
import { ObservedLeg, type RawLeg } from '../../../capture/index.ts';
import { withoutSecrets } from '../../../capture/redaction/index.ts';
import { rawFields } from '../../../mirror/message/index.ts';
import { asError, codeOf, tlsProblem, UsageError } from '../../shared/index.ts';
import type { PlannedRequest } from './requests/index.ts';
import type { SideSession } from './session/index.ts';

/** Time limit for checking whether anybody listens. */
const CONNECT_MS = 3_000;

export interface SideOptions {
  readonly concurrency: number;
  /** Time limit for a whole answer, in milliseconds. */
  readonly deadlineMs: number;
  readonly sample: SamplePolicy;
  readonly signal: AbortSignal;
  readonly session: SideSession;
  /** Trusted certificates (PEM); undefined: those that Node trusts. */
  readonly authorities: readonly string[] | undefined;
}

export class ServiceSide {
  readonly #pool: Pool;
  /** The host with its port. */
  readonly host: string;
  /** The path of the base URL, without a trailing slash. */
  readonly #prefix: string;
  readonly #options: SideOptions;

  constructor(base: URL, options: SideOptions) {
    this.#pool = new Pool(base.origin, {
      connections: options.concurrency,
      pipelining: 1,
      connect: trusting(options.authorities),
    });
    this.host = base.host;
    this.#prefix = base.pathname.replace(/\/$/, '');
    this.#options = options;
  }

  /** Sends a request once. Redirects are answers, and are not followed. */
  async ask(request: PlannedRequest): Promise<RawLeg> {
    const { sample, deadlineMs, signal, session } = this.#options;
    const { id, method } = request;
    const { target, headers, body } = session.prepare(request, Date.now());
    const leg = new ObservedLeg(sample);
    try {
      leg.sent();
      const response = await this.#pool.request({
        // undici's types list the methods that it knows, but any token is accepted.
        method: method as Dispatcher.HttpMethod,
        path: `${this.#prefix}${target}`,
        headers: [...headers.flat(), 'X-Request-Id', id],
        body,
        responseHeaders: 'raw',
        signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
      });
      leg.head(response.statusCode, rawFields(response.headers));
      for await (const chunk of response.body) leg.chunk(chunk);
      return leg.answered();
    } catch (error) {
      signal.throwIfAborted();
      return leg.failed(error);
    }
  }

  get session(): SideSession {
    return this.#options.session;
  }

  close(): Promise<void> {
    return this.#pool.destroy();
  }
}

/** @throws UsageError that names the option */
export function parseBase(option: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new UsageError(`${option} must be an http or https URL (got "${withoutSecrets(text)}")`);
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '')
    throw new UsageError(
      `${option} must have a scheme, host, port and path prefix only (got "${withoutSecrets(text)}"); pass credentials with --header`,
    );
  return url;
}

/** Created once for all connections, because it reads about 150 authorities. */
function trusting(authorities: readonly string[] | undefined) {
  return authorities === undefined ? {} : { secureContext: createSecureContext({ ca: [...authorities] }) };
}

/** Opens and closes a connection, without sending anything. @throws UsageError that names the option */
export async function reachable(
  option: string,
  { hostname, port, protocol, href, origin }: URL,
  authorities: readonly string[] | undefined,
): Promise<void> {
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isSecure = protocol === 'https:';
  const to = { host, port: Number(port || (isSecure ? 443 : 80)), timeout: CONNECT_MS };
  const name = isIP(host) === 0 ? { servername: host } : {};
  const socket = isSecure ? connectSecurely({ ...to, ...name, ...trusting(authorities) }) : connect(to);
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once(isSecure ? 'secureConnect' : 'connect', resolve);
      socket.once('error', reject);
      socket.once('timeout', () => reject(new Error(`no connection within ${CONNECT_MS} ms`)));
    });
  } catch (error) {
    throw new UsageError(
      `${option}: ${tlsProblem(origin, error) ?? `cannot reach ${href} (${codeOf(error) ?? asError(error).message})`}`,
    );
  } finally {
    socket.destroy();
  }
}
