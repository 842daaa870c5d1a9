/** Values of binary formats as JSON text: integers exact, bytes as base64 behind a mark, what JSON has no word for as its name. */

export function jsonOf(value: unknown): string {
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `"${value}"`;
  if (value instanceof Uint8Array) return JSON.stringify(`base64:${base64(value)}`);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(',')}]`;
  // A timestamp writes itself.
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return JSON.stringify(value) ?? 'null';
  return `{${Object.entries(value)
    .map(([name, one]) => `${JSON.stringify(name)}:${jsonOf(one)}`)
    .join(',')}}`;
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}
