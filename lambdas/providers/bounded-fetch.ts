/**
 * HTTP to a source that may hang, lie or never end: one attempt, one deadline for head and body, a limited body, and no
 * redirects.
 */
import { SourceError } from '../../core/metrics/index.ts';
import { asError, codeOf } from '../../input/index.ts';

/** In bytes; 11,000 points take a tenth of it. */
const MOST_BYTES = 4_000_000;

export interface BoundedRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
  /** Statuses other than 2xx whose bodies describe the error. @default none */
  readonly telling?: readonly number[];
}

/** Returns the answer as JSON. @throws {@link SourceError} */
export async function fetchJson(
  url: URL,
  { method, headers, body, timeoutMs, telling = [] }: BoundedRequest,
): Promise<unknown> {
  const text = await answered(timeoutMs, async (signal) => {
    // A redirect could carry the secret in the headers to another host.
    const response = await fetch(url, {
      method,
      headers: { ...headers },
      redirect: 'error',
      signal,
      ...(body === undefined ? {} : { body }),
    });
    if (!response.ok && !telling.includes(response.status)) {
      await response.body?.cancel();
      throw new SourceError(`it answered with status ${response.status}`);
    }
    return boundedText(response);
  });
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SourceError('its answer is not JSON', { cause });
  }
}

async function answered<T>(timeoutMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    return await call(signal);
  } catch (cause) {
    if (cause instanceof SourceError) throw cause;
    const why = signal.aborted
      ? `it did not answer within ${timeoutMs / 1000} s`
      : `it could not be reached (${reasonOf(cause)})`;
    throw new SourceError(why, { cause });
  }
}

/** `fetch failed` is not informative, but the code of its cause is. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return codeOf(cause) ?? asError(cause).message;
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MOST_BYTES) throw new SourceError(`its answer is larger than ${MOST_BYTES / 1e6} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
