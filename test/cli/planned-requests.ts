/** Returns what would be sent for a file of requests. */
import { Readable } from 'node:stream';
import { findSources, requestsOf } from '../../cli/compare/contract/index.ts';

export interface ReadOptions {
  readonly values?: Readonly<Record<string, string>>;
  readonly bases?: readonly string[];
}

/** Returns the method, target and body of each request, or why it is not sent. */
export async function plannedIn(file: string, { values = {}, bases = [] }: ReadOptions = {}): Promise<string[]> {
  const given = { named: 'files', routes: [], values: new Map(Object.entries(values)), bases };
  const sources = await findSources(Readable.from([]), [], [file], given);
  const found: string[] = [];
  const { signal } = new AbortController();
  for await (const one of requestsOf(sources, { routes: [], signal }))
    if ('skipped' in one) found.push(one.skipped);
    else if ('reason' in one) found.push(one.reason);
    else {
      const login = one.headers.find(([field]) => field === 'Authorization')?.[1];
      found.push(
        [
          one.method,
          one.target,
          ...(login === undefined ? [] : [login]),
          ...(one.body === null ? [] : [bodyOf(one.body)]),
        ].join(' '),
      );
    }
  return found;
}

/** Shows a multipart form by its names and values. */
function bodyOf(body: Buffer): string {
  const text = body.toString('utf8');
  const parts = [...text.matchAll(/name="([^"]*)"(?:\r\nContent-Type: ([^\r]*))?\r\n\r\n([^\r]*)/g)].map(
    ([, name, type, value]) => `${name}=${value}${type === undefined ? '' : `;type=${type}`}`,
  );
  return parts.length === 0 ? text : `parts ${parts.join('&')}`;
}

export function asText(content: unknown): string | Buffer {
  return typeof content === 'string' || Buffer.isBuffer(content) ? content : JSON.stringify(content);
}
