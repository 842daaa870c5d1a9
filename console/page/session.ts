/**
 * Talks to the console that serves the page. The session key is kept in this browser's storage, for this address only,
 * and sent in a header.
 */
import type { ActionAnswer, ActionRequest, PageView } from '../view/index.ts';

const STORED = 'crossfade-session';

export type ViewAnswer =
  | { readonly view: PageView }
  /** The session is over; repeating the request does not help. */
  | { readonly closed: string }
  | { readonly failed: string };

export interface Session {
  /** @param cutover an earlier one; null for the present one */
  view(cutover: string | null): Promise<ViewAnswer>;
  act(request: ActionRequest): Promise<ActionAnswer>;
}

/** Exchanges the token in the link, which works once, or continues the session that this browser has. */
export async function openSession(): Promise<Session | { readonly closed: string }> {
  const token = new URLSearchParams(location.hash.slice(1)).get('token');
  if (token !== null) {
    history.replaceState(null, '', location.pathname);
    const answer = await send('POST', '/session', null, { token });
    const key = answer?.ok === true ? textOf(await answer.json(), 'session') : null;
    if (key !== null) localStorage.setItem(STORED, key);
    else if (localStorage.getItem(STORED) === null)
      return { closed: answer === null ? UNREACHABLE : (textOf(await answer.json(), 'error') ?? UNREACHABLE) };
  }
  const key = localStorage.getItem(STORED);
  if (key === null)
    return { closed: 'Open the link that `crossfade console` printed; it holds a token that this address lacks.' };
  return sessionOf(key);
}

const UNREACHABLE = 'The console does not answer: it may have been ended. Run `crossfade console` again.';

function sessionOf(key: string): Session {
  return {
    async act(request) {
      const answer = await send('POST', '/action', key, request);
      if (answer === null)
        return {
          done: false,
          text: `${UNREACHABLE} It is not known whether the action was taken: read its status first.`,
        };
      if (answer.ok) return await answer.json();
      return { done: false, text: textOf(await answer.json(), 'error') ?? `The console answered ${answer.status}.` };
    },
    async view(cutover) {
      const query = cutover === null ? '' : `?cutover=${encodeURIComponent(cutover)}`;
      const answer = await send('GET', `/view${query}`, key);
      if (answer === null) return { failed: UNREACHABLE };
      if (answer.ok) return { view: await answer.json() };
      const error = textOf(await answer.json(), 'error') ?? `The console answered ${answer.status}.`;
      if (answer.status !== 401) return { failed: error };
      localStorage.removeItem(STORED);
      return { closed: error };
    },
  };
}

/** Returns null if there is no answer. */
async function send(method: string, path: string, key: string | null, body?: unknown): Promise<Response | null> {
  try {
    return await fetch(path, {
      method,
      headers: {
        ...(key === null ? {} : { authorization: `Bearer ${key}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch {
    return null;
  }
}

function textOf(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const found = new Map<string, unknown>(Object.entries(value)).get(name);
  return typeof found === 'string' ? found : null;
}
