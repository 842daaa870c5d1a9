/** Sends JSON over HTTPS to a chat, with a time limit. */

/** Shorter than the function's own limit; Lambda repeats failed invocations. */
const TIMEOUT_MS = 10_000;

/** @throws Error without the address, which may itself be the secret */
export async function postJson(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  const text = JSON.stringify(body);
  let response: Response;
  try {
    // A redirect could carry the secret to another host.
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
      body: text,
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    throw new Error(`The chat did not answer (${error instanceof Error ? error.name : 'unknown'}).`);
  }
  const answer = await response.text();
  if (!response.ok) throw new Error(`The chat answered with status ${response.status}.`);
  try {
    return JSON.parse(answer);
  } catch {
    return null;
  }
}
