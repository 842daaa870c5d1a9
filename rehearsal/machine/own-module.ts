/** This project's own modules, `.ts` in the repository, `.js` in the published package: their paths, and how people run them. */
import { extname, join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..');
const EXTENSION = extname(import.meta.filename);

/** What a command of the program follows. */
export const OWN_PROGRAM = EXTENSION === '.ts' ? 'npm run crossfade --' : 'npx crossfade';

/** Path of a module below the root, named without its extension. */
export function ownModule(...parts: readonly string[]): string {
  return `${join(ROOT, ...parts)}${EXTENSION}`;
}
