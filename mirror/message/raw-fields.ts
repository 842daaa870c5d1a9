/**
 * undici's types for raw fields cover all its versions; the installed one returns names and values as bytes,
 * alternating.
 */
export function rawFields(raw: unknown): string[] {
  const fields: string[] = [];
  if (Array.isArray(raw))
    for (const part of raw) fields.push(Buffer.isBuffer(part) ? part.toString('latin1') : String(part));
  return fields;
}
