/** The bytes that a function loads at its start: the entry of its bundle and the chunks that it imports statically. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function eagerBytes(entry: string): Buffer {
  const read = new Map<string, Buffer>();
  const open = [entry];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (read.has(next)) continue;
    const bytes = readFileSync(next);
    read.set(next, bytes);
    for (const [, chunk] of bytes.toString().matchAll(/(?:from|import)"(\.\/[^"]+)"/g))
      open.push(join(next, '..', chunk ?? ''));
  }
  return Buffer.concat([...read.values()]);
}
