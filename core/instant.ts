/** Instants: milliseconds since the epoch in memory, ISO-8601 UTC in JSON. Conversion only; time comes from the Clock port. */

export function toIso(ms: number): string {
  // biome-ignore lint/style/noRestrictedGlobals: a pure conversion, it reads no clock
  return new Date(ms).toISOString();
}

export function fromIso(text: string): number {
  // biome-ignore lint/style/noRestrictedGlobals: a pure conversion, it reads no clock
  return Date.parse(text);
}
