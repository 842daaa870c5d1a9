/** Which header fields pass the tap, as RFC 9110 (7.6.1) and the design ask. */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'proxy-authorization',
  'proxy-authenticate',
]);

/** Marks a copy. A client's own is stripped, so that nobody can make a request look like one. */
export const SHADOW_HEADER = 'x-shadow';

/** `raw` as node gives it: names and values alternating, order and case kept. */
export function forwarded(raw: readonly string[]): string[] {
  const named = new Set(HOP_BY_HOP);
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() === 'connection')
      for (const name of raw[i + 1]?.split(',') ?? []) named.add(name.trim().toLowerCase());
  }
  const kept: string[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const [name = '', value = ''] = [raw[i], raw[i + 1]];
    const lower = name.toLowerCase();
    if (!named.has(lower) && lower !== SHADOW_HEADER && lower !== 'expect') kept.push(name, value);
  }
  return kept;
}

/** The first value of a field, whatever its case. */
export function headerValue(raw: readonly string[], name: string): string | undefined {
  for (let i = 0; i + 1 < raw.length; i += 2) if (raw[i]?.toLowerCase() === name) return raw[i + 1];
  return undefined;
}

/** Replaces a field where it stands, in the case in which it stands, or adds it. */
export function setHeader(raw: string[], name: string, value: string): void {
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (raw[i]?.toLowerCase() !== name) continue;
    raw[i + 1] = value;
    return;
  }
  raw.push(name, value);
}
