/** Paths of this project's own modules: `.ts` in the repository, `.js` in the published package. */
import { extname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const EXTENSION = extname(import.meta.filename);

/** Path of a module below the root, named without its extension. */
export function ownModule(...parts: readonly string[]): string {
  return `${join(ROOT, ...parts)}${EXTENSION}`;
}
